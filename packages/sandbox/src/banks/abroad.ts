/** A place abroad at which a card is used. */
interface PlaceAbroad {
  name: string;
  /** The currency in which it is paid. */
  currency: string;
  /** The least that one unit of an account's currency, scaled to euros, is worth there, in hundredths. */
  lowest: number;
}

const PLACES: readonly PlaceAbroad[] = [
  { name: "Harbour Hotel", currency: "USD", lowest: 104 },
  { name: "Alpine Railways", currency: "CHF", lowest: 90 },
  { name: "Thames Theatre", currency: "GBP", lowest: 80 },
];

/** The place of a purchase abroad, and the exchange rate there in hundredths. `pick` is that of the event and holds both. */
export function placeAbroad(pick: number): PlaceAbroad & { hundredths: number } {
  const place = PLACES[Math.floor(pick / 10)] ?? { name: "", currency: "USD", lowest: 100 };
  return { ...place, hundredths: place.lowest + (pick % 10) };
}
