// @ts-check
/** The page: reads what was chosen, has it judged here, and lays out the verdict by the page's own templates. */
import { privateCheck, readBundle } from "./private_check.js";
import { Refusal } from "./refusal.js";
import { MAX_TEXT_BYTES } from "./strict_json.js";
import { verdictView } from "./verdict_view.js";
import { Wording } from "./wording.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-private]"));
const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
const place = /** @type {HTMLElement} */ (document.querySelector("[data-result]"));
const words = JSON.parse(document.getElementById("words")?.textContent ?? "");
const wording = new Wording(words, document.documentElement.lang, document.documentElement.dir);

/** Returns what was chosen or pasted: the file first, as on the ordinary page. */
async function handedIn() {
  const file = /** @type {HTMLInputElement} */ (form.querySelector("#file")).files?.[0];
  if (file === undefined)
    return new TextEncoder().encode(/** @type {HTMLTextAreaElement} */ (form.querySelector("#text")).value.trim());
  if (file.size > MAX_TEXT_BYTES) throw new Refusal("json.too-long", { size: file.size, most: MAX_TEXT_BYTES });
  return new Uint8Array(await file.arrayBuffer());
}

function chosenEndpoints() {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[data-network]"));
  return Object.fromEntries([...inputs].map((input) => [input.dataset.network, input.value.trim()]));
}

/** @param {Promise<any>} rules */
async function check(rules) {
  try {
    const bundle = readBundle(await handedIn());
    const judged = await rules;
    const { facts, report } = await privateCheck(bundle, judged, chosenEndpoints(), Date.now());
    show(verdictView(facts, report, words, wording, judged.proving));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    show({
      tone: "none",
      headline: words.page.unreadable,
      meaning: wording.sentence(error.said),
      network: "",
      english: wording.isDetail(error.said) ? ["meaning"] : [],
      checks: [],
      parts: [],
      slots: {},
    });
  }
}

/** @param {import("./verdict_view.js").VerdictView & {english?: string[]}} view */
function show(view) {
  const shown = copyOf("template[data-verdict]");
  shown.querySelector(".verdict")?.classList.add(view.tone);
  fill(
    shown,
    { headline: view.headline, meaning: view.meaning, network: view.network, ...view.slots },
    view.tone,
    view.english,
  );
  shown.querySelector("[data-checks]")?.append(...view.checks.map(checkLine));
  shown.querySelector("[data-parts]")?.append(...view.parts.map(partShown));
  if (view.parts.length === 0) shown.querySelector("[data-parts-title]")?.remove();
  if (view.checks.length === 0)
    shown.querySelectorAll("[data-parties], [data-details]").forEach((part) => part.remove());
  place.replaceChildren(shown);
  /** @type {HTMLElement} */ (place.querySelector("#verdict")).focus();
}

/** @param {import("./verdict_view.js").CheckLine} one */
function checkLine({ tone, english, ...texts }) {
  const shown = copyOf("template[data-check-line]");
  shown.querySelector("li")?.classList.add(`tone-${tone}`);
  fill(shown, texts, tone, english);
  return shown;
}

/** @param {import("./verdict_view.js").PartView} part */
function partShown({ tone, checks, ...texts }) {
  const shown = copyOf("template[data-part]");
  shown.querySelector("li")?.classList.add(`tone-${tone}`);
  fill(shown, texts, tone);
  shown.querySelector("[data-checks]")?.append(...checks.map(checkLine));
  return shown;
}

/**
 * Writes texts into their slots, as text; a slot whose text is empty goes away.
 * @param {DocumentFragment} shown
 * @param {Record<string, string>} texts
 * @param {string} tone
 * @param {string[]} [english] the slots of technical detail
 */
function fill(shown, texts, tone, english = []) {
  for (const slot of /** @type {NodeListOf<HTMLElement>} */ (shown.querySelectorAll("[data-slot]"))) {
    slot.textContent = texts[slot.dataset.slot ?? ""] ?? "";
    if (slot.textContent === "") slot.remove();
    if (english.includes(slot.dataset.slot ?? "")) Object.assign(slot, { lang: "en", dir: "ltr" });
  }
  shown.querySelector("[data-icon]")?.replaceWith(copyOf(`template[data-tone="${tone}"]`));
}

/** @param {string} selector */
function copyOf(selector) {
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector(selector));
  return /** @type {DocumentFragment} */ (template.content.cloneNode(true));
}

/** The rules are the same for everybody, and asked for before anything is handed in. */
async function loadRules() {
  const response = await fetch("/private/rules.json");
  if (!response.ok) throw new Error(`rules.json: ${response.status}`);
  return response.json();
}

let rules = loadRules();
form.addEventListener("submit", async (event) => {
  const underWay = event.defaultPrevented; // said by ../page.js, which tells people that a check is under way
  event.preventDefault();
  if (underWay) return;
  try {
    rules = rules.catch(loadRules);
    await check(rules);
  } catch (error) {
    show({ tone: "none", headline: words.page.broken, meaning: "", network: "", checks: [], parts: [], slots: {} });
    console.error(error);
  } finally {
    form.dispatchEvent(new Event("answered"));
  }
});
button.disabled = false;
