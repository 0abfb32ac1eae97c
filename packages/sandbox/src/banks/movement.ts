import { placeAbroad } from "./abroad.ts";
import type { SandboxAccount } from "./account.ts";
import { dateOfDay } from "./day.ts";
import type { BankEvent, EventKind } from "./event.ts";
import { eventsOn } from "./events.ts";
import { randomIban } from "./iban.ts";
import { decimal, scaled, scaleOf } from "./money.ts";
import { Random } from "./random.ts";

/** The kind of a movement: that of its event, or of one of the transfers at the end of the month. */
export type MovementKind = EventKind | "ownTransfer" | "deposit" | "cardPayment" | "conversion";

/** A movement on an account as it really happened, however the bank reports it. */
export interface Movement {
  /** Unique within the account, and never changes. */
  id: string;
  kind: MovementKind;
  /** The day of the movement, in days since 1970, as are all days here. */
  day: number;
  /** The day of its booking date. */
  bookedDay: number;
  /** The day to which the bank moves its booking date two days after it was first shown; absent if it does not. */
  movesTo?: number;
  /** The day from which the bank shows it as booked; after `bookedDay` if it arrives late. */
  shownDay: number;
  /** The day on which the bank takes the booking back; absent if it does not. Such an entry is never pending. */
  takenBackDay?: number;
  /** The day of its value date; in the future at some banks. */
  valueDay: number;
  /** Whether it is released while pending and never booked. */
  vanishes: boolean;
  /** Whether the bank lists it as booked while it is pending. */
  held: boolean;
  /** The amount in the currency's smallest unit; negative if money leaves the account. */
  minor: bigint;
  /** What the bank reports while it is pending, if that differs. */
  whilePending?: { minor: bigint; description: string };
  /** The name of the other side; empty if it is the bank itself. */
  counterparty: string;
  /** The account of the other side; absent for purchases by card and for what the bank itself books. */
  counterpartyIban?: string;
  description: string;
  code: string;
  creditorId?: string;
  mandateId?: string;
  foreign?: ForeignAmount;
}

/** The amount in the currency in which the other side was paid. */
interface ForeignAmount {
  /** In the smallest unit of the currency. */
  minor: bigint;
  currency: string;
  /** Units of that currency for one of the account's. */
  rate: string;
}

const GROCERS = ["Fresh & Near", "Corner Market", "Green Basket", "Daily Foods"];
const CAFES = ["Café Aurora", "Bean Street", "Morning Mug"];
const SHOPS = ["Paper & Pen", "North Hardware", "City Books", "O'Dell Sports", "Bright Optics"];
const RESTAURANTS = ["Trattoria Sole", "Golden Wok", "Bistro Lumière"];
const PETROL_STATIONS = ["Northway Fuel", "Star Petrol", "Motorway Services"];
const HOTELS = ["Grand Hotel Riva", "Lake View Inn", "City Car Hire"];
const STRANGERS = ["Delta Logistics", "Orchard Dental Practice", "Lindgren & Sons"];

/** Purchases whose text does not change when they are booked at another amount than was reserved. */
const SAME_TEXT_WHILE_PENDING: ReadonlySet<EventKind> = new Set(["restaurant", "abroad"]);

/** The movements of a day, whenever they are booked, without the transfers at the end of the month. */
export function movementsOn(account: SandboxAccount, day: number): Movement[] {
  const date = dateOfDay(day);
  const changesAll = account.historyQuirks.includes("changedPending");
  return eventsOn(account, day).map((event, at) => {
    const bookedDay = day + event.delay;
    const movement: Movement = {
      id: `${date.replaceAll("-", "")}-${account.index}-${at + 1}`,
      kind: event.kind,
      day,
      bookedDay,
      shownDay: bookedDay + event.late,
      valueDay: account.valuesAhead && event.delay > 0 ? bookedDay + 2 : day,
      vanishes: event.vanishes,
      held: (event.held ?? false) && event.delay > 0,
      minor: scaled(account, event.cents),
      ...textsOf(account, event, date),
    };
    if (event.moves !== undefined) movement.movesTo = bookedDay + event.moves;
    if (event.takenBackAfter !== undefined) movement.takenBackDay = movement.shownDay + event.takenBackAfter;
    if (event.pendingCents !== event.cents) {
      const isReserved = !SAME_TEXT_WHILE_PENDING.has(event.kind) || changesAll;
      const description = isReserved ? `Reserved ${movement.counterparty}` : movement.description;
      movement.whilePending = { minor: scaled(account, event.pendingCents), description };
    }
    return movement;
  });
}

type Texts = Pick<
  Movement,
  "counterparty" | "counterpartyIban" | "description" | "code" | "creditorId" | "mandateId" | "foreign"
>;

function textsOf(account: SandboxAccount, event: BankEvent, date: string): Texts {
  const undated = account.historyQuirks.includes("undatedTexts");
  const month = undated ? "" : ` ${date.slice(0, 7)}`;
  const plain = (counterparty: string, description: string, code: string): Texts => ({
    counterparty,
    description,
    code,
  });
  const transfer = (counterparty: string, description: string, code: string): Texts => ({
    ...plain(counterparty, description, code),
    counterpartyIban: ibanOfOthers(counterparty, account.country),
  });
  const card = (names: readonly string[]) => {
    const name = names[event.pick] ?? "";
    return plain(name, `Card payment ${name}${undated ? "" : ` ${date}`}`, "PMNT-CCRD-POSD");
  };
  switch (event.kind) {
    case "salary":
      return transfer("Meridian Works Ltd", `Salary${month}`, "PMNT-RCDT-SALA");
    case "rent":
      return transfer("Oak House Lettings", `Rent${month} flat 12`, "PMNT-ICDT-STDO");
    case "electricity":
      return {
        ...transfer("Bright Energy", `Electricity${month}, contract 4711`, "PMNT-RDDT-ESDD"),
        creditorId: "DE98ZZZ09999999999",
        mandateId: `M-${account.seed % 100_000}`,
      };
    case "fee":
      return plain("", "Account fee for the quarter", "ACMT-MDOP-CHRG");
    case "interest":
      return plain("", `Interest${month}`, "ACMT-MCOP-INTR");
    case "friend":
      return transfer("Kim Taylor", "Thanks for dinner", "PMNT-RCDT-ESCT");
    case "standingOrder":
      return {
        ...plain(
          account.ownerName,
          `Standing order savings plan${month}`,
          event.cents < 0 ? "PMNT-ICDT-STDO" : "PMNT-RCDT-ESCT",
        ),
        ...(account.standingOrder === undefined ? {} : { counterpartyIban: account.standingOrder.iban }),
      };
    case "groceries":
      return card(GROCERS);
    case "coffee":
      return card(CAFES);
    case "shop":
      return card(SHOPS);
    case "restaurant":
      return card(RESTAURANTS);
    case "fuel":
      return card(PETROL_STATIONS);
    case "hotel":
      return card(HOTELS);
    case "mistake":
      return transfer(STRANGERS[event.pick] ?? "", "Invoice 20417", "PMNT-ICDT-ESCT");
    case "abroad":
      return abroad(account, event);
  }
}

/** The IBAN of another party: the same at every bank of a country, and for every seed. */
function ibanOfOthers(name: string, country: string): string {
  return randomIban(country, new Random("counterparty", country, name));
}

function abroad(account: SandboxAccount, { cents, pick }: BankEvent): Texts {
  const { name, currency, hundredths } = placeAbroad(pick);
  const texts: Texts = {
    counterparty: name,
    description: `Card payment ${name} ${currency}`,
    code: "PMNT-CCRD-POSD",
  };
  // With an account in the currency of the place, nothing is exchanged.
  if (currency === account.currency) return texts;
  return {
    ...texts,
    foreign: {
      minor: (BigInt(-cents) * BigInt(hundredths)) / 100n,
      currency,
      rate: rateOf(hundredths, scaleOf(account)),
    },
  };
}

/** Hundredths divided by the scale of a currency, with more places if one unit is worth so little that four say nothing. */
function rateOf(hundredths: number, scale: number): string {
  const places = scale < 100 ? 4 : 6;
  return decimal(BigInt(Math.floor((hundredths * 10 ** (places - 2)) / scale)), places);
}
