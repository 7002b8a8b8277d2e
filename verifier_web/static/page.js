// The page works without this file: it adds dropping, pasting a file, copying, and a sign that a check is under way.

function watchSubmit(form) {
  const button = form.querySelector("button[type=submit]");
  const label = button.textContent;
  const told = document.createElement("p");
  told.role = "status"; // there before it says anything, or it is not read out
  told.className = "unseen";
  form.append(told);
  const show = (busy) => {
    button.ariaDisabled = String(busy); // a button that is disabled in earnest loses the focus
    button.textContent = busy ? form.dataset.busy : label;
    told.textContent = busy ? form.dataset.busy : "";
  };
  form.addEventListener("submit", (event) => {
    if (button.ariaDisabled === "true") event.preventDefault();
    show(true);
  });
  form.addEventListener("answered", () => show(false)); // in this very page, by private/page.js
  // The browser may bring this page back as it was left.
  window.addEventListener("pageshow", () => show(false));
}

function handIn(form, files) {
  if (!files || files.length === 0) return false;
  const all = new DataTransfer();
  [...files].forEach((file) => all.items.add(file));
  form.elements.file.files = all.files;
  form.requestSubmit();
  return true;
}

function carriesFiles(event) {
  return event.dataTransfer !== null && [...event.dataTransfer.types].includes("Files");
}

function watchDrops(form) {
  const zone = form.querySelector("[data-drop]");
  const mark = (over) => zone.classList.toggle("over", over);
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) mark(false);
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(false);
    handIn(form, event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    if (handIn(form, event.clipboardData.files)) event.preventDefault();
  });
}

function addCopyButton(block) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = block.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.textContent);
    button.textContent = block.dataset.copied;
    window.setTimeout(() => {
      button.textContent = block.dataset.copy;
    }, 2000);
  });
  block.after(button);
}

document.querySelectorAll("form[data-busy]").forEach(watchSubmit);
document.querySelectorAll("form[data-check]").forEach(watchDrops);
// Browsers allow writing to the clipboard on secure pages only; elsewhere there is no button that does nothing.
if (navigator.clipboard) document.querySelectorAll("pre[data-copy]").forEach(addCopyButton);
