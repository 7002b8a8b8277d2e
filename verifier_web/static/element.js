// <credanchor-verifier>: a verdict on other people's pages. It asks the verifier that this file came from, and nobody
// else; what the page's visitor drops, or what `src` or the element's own text holds, is posted there. docs/embedding.md.

const HOME = new URL("/", import.meta.url);
const API = new URL("/v1/verifications", HOME);
const MOST_CARRIED = 256 * 1024; // what the verifier's own page takes along (verifier_web/body.py)
const CARRIERS = ["image/png", "image/svg+xml", "application/pdf"];
const MARKS = { verified: "✓", "not-verified": "✗", undecided: "?" };
const LABELS = {
  choose: "Choose a credential, or drop it here",
  checking: "Checking…",
  issuedTo: "Issued to",
  saysIssuedTo: "It says it was issued to",
  issuedBy: "Issued by",
  nobody: "Somebody it does not name",
  unconfirmed: "An unconfirmed issuer",
  full: "See every check",
  home: "Check it on the verifier's page",
  unreachable: "The verifier did not answer. That says nothing about the credential.",
  unread: "The credential could not be read from its address.",
};

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: block; font: 1rem/1.5 system-ui, sans-serif; color: #17212b; color-scheme: light; }
  :host([hidden]) { display: none; }
  .box { border: 1px solid #d8dfe6; border-radius: 12px; padding: 1rem; background: #fff; overflow-wrap: anywhere; }
  .box.over { outline: 3px solid #0b4f8a; }
  .verdict { margin: 0; font-weight: 700; font-size: 1.125rem; }
  .verified { color: #0d6b3b; }
  .not-verified { color: #a61b1b; }
  .undecided { color: #7a4c00; }
  dl { display: grid; grid-template-columns: auto 1fr; gap: 0.15rem 1rem; margin: 0.6rem 0; }
  dt { color: #50606f; }
  dd { margin: 0; }
  label { display: block; margin-block-start: 0.6rem; }
  input { font: inherit; max-width: 100%; }
  button, a { font: inherit; color: #0b4f8a; background: none; border: 0; padding: 0; text-decoration: underline; cursor: pointer; }
`);

function made(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

class CredanchorVerifier extends HTMLElement {
  static observedAttributes = ["src"];

  #shadow = this.attachShadow({ mode: "open" });
  #told = made("div", { role: "status", part: "verdict" });
  #box = made("div", { className: "box", part: "box" });
  #turn = 0;

  constructor() {
    super();
    this.#shadow.adoptedStyleSheets = [STYLE];
    this.#shadow.append(this.#box);
  }

  connectedCallback() {
    const file = made("input", { type: "file" });
    file.addEventListener("change", () => this.#checkFile(file.files[0]));
    this.#box.replaceChildren(this.#told, made("label", {}, this.#label("choose"), " ", file));
    this.#box.ondragover = (event) => this.#over(event, true);
    this.#box.ondragleave = (event) => this.#over(event, false);
    this.#box.ondrop = (event) => {
      this.#over(event, false);
      this.#checkFile(event.dataTransfer.files[0]);
    };
    const text = this.textContent.trim();
    if (!this.hasAttribute("src") && text) this.check(new TextEncoder().encode(text));
  }

  attributeChangedCallback(_name, _before, src) {
    if (src) this.#checkSource(src);
  }

  /** Have bytes judged, show the verdict, and tell the page by an event; `type` is a badge's or certificate's. */
  async check(bytes, type = "") {
    const turn = this.#begin();
    const headers = { "Content-Type": CARRIERS.includes(type) ? type : "text/plain" };
    const recipient = this.getAttribute("recipient");
    if (recipient) headers["Credanchor-Recipient"] = encodeURIComponent(recipient);
    const asked = { method: "POST", body: bytes, headers, credentials: "omit", referrerPolicy: "no-referrer" };
    try {
      const answer = await fetch(API, asked);
      const report = await answer.json();
      if (turn === this.#turn) this.#show(answer.ok, report, bytes);
    } catch {
      if (turn === this.#turn) this.#say(this.#label("unreachable"));
    }
  }

  async #checkSource(src) {
    const turn = this.#begin();
    try {
      const answer = await fetch(new URL(src, document.baseURI), { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const type = (answer.headers.get("Content-Type") ?? "").split(";")[0];
      if (turn === this.#turn) await this.check(bytes, type);
    } catch {
      if (turn === this.#turn) this.#say(this.#label("unread"));
    }
  }

  async #checkFile(file) {
    if (file) await this.check(new Uint8Array(await file.arrayBuffer()), file.type);
  }

  #begin() {
    this.#say(this.#label("checking"));
    this.#turn += 1;
    return this.#turn;
  }

  #show(judged, report, bytes) {
    if (!judged) {
      this.#say(report.detail);
      return;
    }
    const mark = made("span", { ariaHidden: "true" }, `${MARKS[report.verdict]} `);
    const verdict = made("p", { className: `verdict ${report.verdict}`, dir: "auto" }, mark, report.summary);
    const whose = report.about.proven ? this.#label("issuedTo") : this.#label("saysIssuedTo");
    const facts = made("dl", {}, ...this.#fact(whose, report.about.issuedTo ?? this.#label("nobody")));
    facts.append(...this.#fact(this.#label("issuedBy"), report.about.issuedBy ?? this.#label("unconfirmed")));
    this.#told.replaceChildren(verdict, made("p", { dir: "auto" }, report.about.title), facts, this.#wayOn(bytes));
    this.dispatchEvent(new CustomEvent("credanchor-verdict", { detail: report, bubbles: true }));
  }

  #fact(name, value) {
    return [made("dt", {}, name), made("dd", {}, made("bdi", {}, value))];
  }

  #wayOn(bytes) {
    if (bytes.length > MOST_CARRIED) {
      return made("a", { href: HOME.href, target: "_blank", rel: "noopener" }, this.#label("home"));
    }
    const form = made("form", { method: "post", action: HOME.href, enctype: "multipart/form-data", target: "_blank" });
    form.rel = "noopener";
    form.append(
      made("input", { type: "hidden", name: "again", value: base64(bytes) }),
      made("input", { type: "hidden", name: "recipient", value: this.getAttribute("recipient") ?? "" }),
      made("button", { type: "submit" }, this.#label("full")),
    );
    return form;
  }

  #say(text) {
    this.#told.replaceChildren(made("p", { dir: "auto" }, text));
  }

  #over(event, over) {
    event.preventDefault();
    this.#box.classList.toggle("over", over);
  }

  #label(name) {
    return this.getAttribute(`label-${name.toLowerCase()}`) ?? LABELS[name];
  }
}

customElements.define("credanchor-verifier", CredanchorVerifier);
