// Reads the QR code of a certificate with the phone's camera and hands in the link that it holds. Nothing is recorded or
// sent but that link. Words come from the page.

const LINK = /^https?:\/\/\S+$/;
const PAUSE = 200; // milliseconds between two looks

const scanner = document.querySelector("[data-scanner]");
const video = scanner.querySelector("video");
const told = scanner.querySelector("[role=status]");
const form = scanner.querySelector("form");

function say(what) {
  told.textContent = scanner.dataset[what];
}

async function detector() {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats();
  return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
}

async function camera() {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    return null; // refused, none there, or not a secure page
  }
}

function stop() {
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  video.hidden = true;
}

async function look(codes) {
  while (video.srcObject) {
    const [found] = await codes.detect(video).catch(() => []);
    if (found && LINK.test(found.rawValue)) {
      stop();
      form.elements.text.value = found.rawValue;
      form.requestSubmit();
    } else if (found) {
      say("other");
    }
    await new Promise((resolve) => window.setTimeout(resolve, PAUSE));
  }
}

async function begin() {
  told.textContent = ""; // else it says that there is no script
  const codes = await detector();
  if (codes === null) return say("noDetector");
  video.srcObject = await camera();
  if (video.srcObject === null) return say("noCamera");
  video.hidden = false;
  await video.play();
  say("looking");
  return look(codes);
}

window.addEventListener("pagehide", stop);
window.addEventListener("pageshow", begin); // also when the browser brings the page back as it was left
