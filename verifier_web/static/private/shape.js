// @ts-check
/** Whether a document has the shape of an Open Badges 3.0 credential, by schemas that the server makes of its own forms. */
import { Validator } from "../vendor/private.js";
import { finding } from "./finding.js";

/** @typedef {{forms: {types: string[], name: string}[], $defs: Record<string, any>}} ShapeSchemas */

/**
 * Yields what a document lacks or has of the wrong kind.
 * @param {any} document
 * @param {ShapeSchemas} schemas
 */
export function* shapeProblems(document, schemas) {
  const named = new Set([document.type].flat().filter((name) => typeof name === "string"));
  const form = schemas.forms.find(({ types }) => types.some((type) => named.has(type)));
  if (form === undefined) {
    yield finding("failed", "not-open-badges", "format.not-open-badges");
    return;
  }
  const statuses = document.credentialStatus;
  const isSeveral = Array.isArray(statuses) && statuses.length > 1;
  if (isSeveral) yield finding("failed", "several-statuses", "format.several-statuses", { number: statuses.length });
  const { credentialStatus: _, ...rest } = document;
  const schema = { $ref: `#/$defs/${form.name}`, $defs: schemas.$defs };
  const { errors } = new Validator(schema, "2020-12", false).validate(isSeveral ? rest : document);
  if (errors.length > 0) yield finding("failed", "wrong-shape", "format.wrong-shape", { places: placesOf(errors) });
}

/**
 * The deepest places are those that are wrong; the others only hold them.
 * @param {{instanceLocation: string}[]} errors
 */
function placesOf(errors) {
  const all = [...new Set(errors.map((error) => error.instanceLocation.slice(1) || "/"))];
  const deepest = all.filter(
    (place) => !all.some((other) => other !== place && other.startsWith(`${place === "/" ? "" : place}/`)),
  );
  return deepest.slice(0, 5).join(", ");
}
