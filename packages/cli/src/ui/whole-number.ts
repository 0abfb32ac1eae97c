import { InvalidArgumentError } from "commander";

/** The value of an option that takes a whole number. @throws InvalidArgumentError, which commander reports */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}
