import { InvalidArgumentError } from "commander";

/** The value of an option that takes a whole number. @throws InvalidArgumentError, which commander reports */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}

const MAX_PORT = 65_535;

/** The value of `--port`. @throws InvalidArgumentError, which commander reports */
export function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT) return Number(text);
  throw new InvalidArgumentError(`--port must be a whole number from 0 to ${MAX_PORT}.`);
}
