import { expect, it } from "vitest";
import { pending, type Responded, type Said, story } from "./given.ts";

/** What a sequence should be read as: the transaction of each row, and the statuses of the transactions. */
type Variation = readonly [
  title: string,
  responses: readonly Responded[],
  rows: number[][],
  statuses: string[],
];

const D = (day: number) => `2026-04-${String(day).padStart(2, "0")}`;
const coffee: Said = { amount: "-3.40", who: "Bean Bar", text: "BEAN BAR 12" };
const rent: Said = { amount: "-812.00", who: "Landlord", text: "Rent April", booked: D(1) };

const VARIATIONS: readonly Variation[] = [
  [
    "a pending payment without value date is booked with ids, a tidy name and another text",
    [
      [D(2), [pending({ amount: "-44.10", who: null, text: "ZTL*MOONLIGHT 77 WIEN", value: D(2) })]],
      [
        D(5),
        [
          {
            amount: "-44.10",
            who: "Moonlight",
            text: "Kartenzahlung",
            booked: D(4),
            id: "a",
            internalId: "i",
          },
        ],
      ],
    ],
    [[1], [1]],
    ["booked"],
  ],
  [
    "a foreign purchase is booked at another rate, for the same foreign sum",
    [
      [D(2), [pending({ amount: "-91.20", who: "Yokohama Tea", value: D(2), foreign: "-100.00" })]],
      [D(6), [{ amount: "-95.90", who: "Yokohama Tea", value: D(2), booked: D(6), foreign: "100.00" }]],
    ],
    [[1], [1]],
    ["booked"],
  ],
  [
    "a reservation of a token sum is booked as a full tank, without a value date",
    [
      [D(2), [pending({ amount: "-1.00", who: "Pump 12", text: "PUMP 12 HOLD", value: D(2) })]],
      [D(3), [{ amount: "-71.33", who: "Pump 12", text: "PUMP 12", booked: D(3), id: "p" }]],
    ],
    [[1], [1]],
    ["booked"],
  ],
  [
    "pending amounts without minus are booked in another order",
    [
      [
        D(2),
        [
          pending({ amount: "8.00", who: null, text: "KAUF ALPHA", value: D(2) }),
          pending({ amount: "8.00", who: null, text: "KAUF OMEGA", value: D(2) }),
        ],
      ],
      [
        D(3),
        [
          { amount: "-8.00", who: null, text: "OMEGA", booked: D(3), value: D(2), id: "2" },
          { amount: "-8.00", who: null, text: "ALPHA", booked: D(3), value: D(2), id: "1" },
        ],
      ],
    ],
    [
      [1, 2],
      [2, 1],
    ],
    ["booked", "booked"],
  ],
  [
    "an id that is reissued on booking does not double the entry",
    [
      [D(2), [pending({ ...coffee, value: D(2), id: "D-3.40" })]],
      [D(3), [{ ...coffee, booked: D(3), value: D(2), id: "ffee" }]],
      [D(4), [{ ...coffee, booked: D(3), value: D(2), id: "ffee" }]],
    ],
    [[1], [1], [1]],
    ["booked"],
  ],
  [
    "four pending twins of which one is released are three booked and one that vanishes",
    [
      [D(2), Array.from({ length: 4 }, () => pending({ ...coffee, value: D(2) }))],
      [D(4), [1, 2, 3].map((n) => ({ ...coffee, booked: D(4), value: D(2), id: `c${n}` }))],
      [D(18), [1, 2, 3].map((n) => ({ ...coffee, booked: D(4), value: D(2), id: `c${n}` }))],
    ],
    [
      [1, 2, 3, 4],
      [1, 2, 3],
      [1, 2, 3],
    ],
    ["booked", "booked", "booked", "vanished"],
  ],
  [
    "two pending entries that are dated anew each day are booked with their own days",
    [
      [D(2), [pending({ ...coffee, value: D(2), booked: D(2) })]],
      [D(3), [pending({ ...coffee, value: D(3), booked: D(3) })]],
      [
        D(4),
        [
          pending({ ...coffee, value: D(4), booked: D(4) }),
          pending({ ...coffee, value: D(4), booked: D(4) }),
        ],
      ],
      [
        D(5),
        [
          pending({ ...coffee, value: D(5), booked: D(5) }),
          { ...coffee, value: D(2), booked: D(5), id: "k" },
        ],
      ],
    ],
    [[1], [1], [1, 2], [2, 1]],
    ["booked", "pending"],
  ],
  [
    "every pending entry has one id, and each is booked for itself",
    [
      [
        D(2),
        [
          pending({ amount: "-5.00", who: "Baker", value: D(2), id: "X" }),
          pending({ amount: "-5.00", who: "Kiosk", value: D(2), id: "X" }),
          pending({ amount: "-7.00", who: "Fish", value: D(2), id: "X" }),
        ],
      ],
      [
        D(4),
        [
          { amount: "-5.00", who: "Kiosk", booked: D(4), value: D(2), id: "1" },
          pending({ amount: "-5.00", who: "Baker", value: D(2), id: "X" }),
          pending({ amount: "-7.00", who: "Fish", value: D(2), id: "X" }),
        ],
      ],
    ],
    [
      [1, 2, 3],
      [2, 1, 3],
    ],
    ["pending", "booked", "pending"],
  ],
  [
    "a pending id that is new at each call, twice a day, stays one entry",
    [1, 2, 3, 4].map(
      (n) =>
        [
          D(2 + Math.floor(n / 3)),
          [pending({ ...coffee, value: D(2), id: `p${n}`, reference: `r${n}` })],
        ] as const,
    ),
    [[1], [1], [1], [1]],
    ["pending"],
  ],
  [
    "a hold that is released vanishes after fourteen days and two responses",
    [
      [D(2), [rent, pending({ amount: "-200.00", who: "Hotel", text: "DEPOSIT", value: D(2) })]],
      [D(9), [rent]],
      [D(17), [rent]],
    ],
    [[1, 2], [1], [1]],
    ["booked", "vanished"],
  ],
  [
    "a pending entry that misses one response among booked ones is the same when it is back",
    [
      [D(2), [rent, pending({ ...coffee, value: D(2) })]],
      [D(3), [rent]],
      [D(4), [rent, pending({ ...coffee, value: D(2) })]],
      [D(5), [rent, { ...coffee, booked: D(5), value: D(2), id: "1" }]],
    ],
    [[1, 2], [1], [1, 2], [1, 2]],
    ["booked", "booked"],
  ],
  [
    "all ids change at every call, twins and lists included",
    [1, 2, 3].map(
      (n) =>
        [
          D(n + 1),
          [
            { ...rent, id: `a${n}` },
            { ...coffee, booked: D(1), id: `b${n}` },
            { ...coffee, booked: D(1), id: `c${n}` },
            pending({ amount: "-9.00", value: D(2), id: `d${n}` }),
          ],
        ] as const,
    ),
    [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ],
    ["booked", "booked", "booked", "pending"],
  ],
  [
    "an entry that is completed later keeps its internal id, while name, text and the other id change",
    [
      [D(2), [{ amount: "-55.00", who: null, text: "Transfer", booked: D(2), id: "H1", internalId: "x" }]],
      [
        D(4),
        [
          {
            amount: "-55.00",
            who: "Sports Club",
            text: "Membership 2026",
            booked: D(2),
            id: "P1",
            internalId: "x",
          },
        ],
      ],
    ],
    [[1], [1]],
    ["booked"],
  ],
  [
    "a day that is renumbered by two late entries moves no amount",
    [
      [
        D(3),
        [
          { amount: "1200.00", who: "Employer", text: "Wage", booked: D(2), id: "d-0" },
          { amount: "-3.00", who: "Kiosk", booked: D(2), id: "d-1" },
        ],
      ],
      [
        D(4),
        [
          { amount: "-40.00", who: "Books", booked: D(2), id: "d-0" },
          { amount: "-41.00", who: "Wine", booked: D(2), id: "d-1" },
          { amount: "1200.00", who: "Employer", text: "Wage", booked: D(2), id: "d-2" },
          { amount: "-3.00", who: "Kiosk", booked: D(2), id: "d-3" },
        ],
      ],
    ],
    [
      [1, 2],
      [3, 4, 1, 2],
    ],
    ["booked", "booked", "booked", "booked"],
  ],
  [
    "an id that comes a day later belongs to the entry of before, not to an equal one of another day",
    [
      [D(2), [{ ...coffee, booked: D(2) }]],
      [
        D(3),
        [
          { ...coffee, booked: D(3) },
          { ...coffee, booked: D(2), reference: "2.0" },
        ],
      ],
      [
        D(4),
        [
          { ...coffee, booked: D(3), reference: "3.0" },
          { ...coffee, booked: D(2), reference: "2.0" },
        ],
      ],
    ],
    [[1], [2, 1], [2, 1]],
    ["booked", "booked"],
  ],
  [
    "an id that a whole month shares merges nothing, even equal payments of one day",
    [
      [
        D(2),
        [
          { ...coffee, booked: D(2), id: "202604" },
          { ...coffee, booked: D(2), id: "202604" },
          { ...rent, id: "202604" },
        ],
      ],
      [
        D(3),
        [
          { ...coffee, booked: D(2), id: "202604" },
          { ...coffee, booked: D(2), id: "202604" },
          { ...rent, id: "202604" },
        ],
      ],
    ],
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
    ["booked", "booked", "booked"],
  ],
  [
    "ids that stand for none tell nothing",
    [
      [
        D(2),
        [
          { ...coffee, booked: D(2), id: "NOTPROVIDED", reference: "0" },
          { ...rent, id: " NotProvided ", reference: "000" },
        ],
      ],
      [
        D(3),
        [
          { ...rent, id: "NOTPROVIDED", reference: "0" },
          { ...coffee, booked: D(3), id: "NOTPROVIDED", reference: "0" },
          { ...coffee, booked: D(2), id: "NOTPROVIDED" },
        ],
      ],
    ],
    [
      [1, 2],
      [2, 3, 1],
    ],
    ["booked", "booked", "booked"],
  ],
  [
    "a fee with the id of its purchase is an entry of its own",
    [
      [D(2), [{ amount: "-80.00", booked: D(2), id: "F" }]],
      [
        D(3),
        [
          { amount: "-1.20", booked: D(2), id: "F" },
          { amount: "-80.00", booked: D(2), id: "F" },
        ],
      ],
    ],
    [[1], [2, 1]],
    ["booked", "booked"],
  ],
  [
    "a reversal of the same day with the id of the original is not the original",
    [
      [D(2), [{ amount: "-30.00", booked: D(2), id: "R", text: "Debit" }]],
      [
        D(3),
        [
          { amount: "30.00", booked: D(2), id: "R", text: "Return" },
          { amount: "-30.00", booked: D(2), id: "R", text: "Debit" },
        ],
      ],
    ],
    [[1], [2, 1]],
    ["booked", "booked"],
  ],
  [
    "a reversal with the id of an original that has left the window is not the original",
    [
      [D(2), [{ amount: "-30.00", booked: "2026-03-01", id: "R", text: "Debit" }]],
      [D(3), [{ amount: "30.00", booked: D(3), id: "R", text: "Debit" }], { from: "2026-03-10" }],
    ],
    [[1], [2]],
    ["booked", "booked"],
  ],
  [
    "a row that two pages repeat word for word is one entry, and two equal rows without an id are two",
    [
      [
        D(2),
        [
          { ...rent, internalId: "r" },
          { ...rent, internalId: "r" },
          { ...coffee, booked: D(2) },
          { ...coffee, booked: D(2) },
        ],
      ],
      [
        D(3),
        [
          { ...rent, internalId: "r" },
          { ...coffee, booked: D(2) },
          { ...coffee, booked: D(2) },
        ],
      ],
    ],
    [
      [1, 1, 2, 3],
      [1, 2, 3],
    ],
    ["booked", "booked", "booked"],
  ],
  [
    "equal tickets of many days stay apart as the window slides past them",
    [
      [
        D(3),
        [
          { ...coffee, booked: D(3) },
          { ...coffee, booked: D(2) },
        ],
        { from: D(1) },
      ],
      [
        D(5),
        [
          { ...coffee, booked: D(5) },
          { ...coffee, booked: D(4) },
        ],
        { from: D(4) },
      ],
    ],
    [
      [1, 2],
      [3, 4],
    ],
    ["booked", "booked", "booked", "booked"],
  ],
  [
    "a date at the start of the text is dropped and the id reissued",
    [
      [
        D(4),
        [
          {
            amount: "-99.90",
            currency: "NOK",
            who: "02.04 GARDEN EAST",
            text: "02.04 GARDEN EAST",
            booked: D(4),
            id: "q",
          },
        ],
      ],
      [
        D(7),
        [
          {
            amount: "-99.90",
            currency: "NOK",
            who: "GARDEN EAST",
            text: "GARDEN EAST",
            booked: D(4),
            id: "w",
          },
        ],
      ],
    ],
    [[1], [1]],
    ["booked"],
  ],
  [
    "two signs are turned round at once, and each entry keeps its id",
    [
      [
        D(4),
        [
          { amount: "15.00", booked: D(3), id: "1", who: "Books" },
          { amount: "-90.00", booked: D(3), id: "2", who: "Top-up" },
        ],
      ],
      [
        D(5),
        [
          { amount: "90.00", booked: D(3), id: "2", who: "Top-up" },
          { amount: "-15.00", booked: D(3), id: "1", who: "Books" },
        ],
      ],
    ],
    [
      [1, 2],
      [2, 1],
    ],
    ["booked", "booked"],
  ],
  [
    "a booking date moves over a weekend while the id stays or while there is none",
    [
      [
        D(4),
        [
          { amount: "-21.00", booked: D(4), id: "Z" },
          { amount: "-22.00", booked: D(4), value: D(4) },
        ],
      ],
      [
        D(6),
        [
          { amount: "-21.00", booked: D(6), value: D(4), id: "Z" },
          { amount: "-22.00", booked: D(6), value: D(4) },
        ],
      ],
    ],
    [
      [1, 2],
      [1, 2],
    ],
    ["booked", "booked"],
  ],
  [
    "a booked entry that has only a value date at first gets its booking date later",
    [
      [D(4), [{ amount: "-61.00", value: D(3) }]],
      [D(6), [{ amount: "-61.00", value: D(3), booked: D(5) }]],
    ],
    [[1], [1]],
    ["booked"],
  ],
  [
    "an amount is corrected in place, and the id alone stays",
    [
      [D(4), [{ amount: "-20.00", booked: D(3), id: "f" }, rent]],
      [D(5), [{ amount: "-20.18", booked: D(3), id: "f" }, rent]],
    ],
    [
      [1, 2],
      [1, 2],
    ],
    ["booked", "booked"],
  ],
  [
    "a reconnection changes the handle and every id, twins and pending entries included",
    [
      [
        D(4),
        [
          { ...coffee, booked: D(3), id: "a1" },
          { ...coffee, booked: D(3), id: "a2" },
          { ...rent, id: "a3" },
          pending({ amount: "-7.00", value: D(4) }),
        ],
        { handle: "one" },
      ],
      [
        D(7),
        [
          { amount: "-7.00", value: D(4), booked: D(6), id: "b0" },
          { ...coffee, booked: D(3), id: "b1" },
          { ...coffee, booked: D(3), id: "b2" },
          { ...rent, id: "b3" },
        ],
        { handle: "two" },
      ],
    ],
    [
      [1, 2, 3, 4],
      [4, 1, 2, 3],
    ],
    ["booked", "booked", "booked", "booked"],
  ],
  [
    "one id at entries in two currencies is two entries, whatever their order",
    [
      [
        D(4),
        [
          { amount: "-20.00", currency: "USD", booked: D(3), id: "P" },
          { amount: "-20.00", currency: "EUR", booked: D(3), id: "P" },
        ],
      ],
      [
        D(5),
        [
          { amount: "-20.00", currency: "EUR", booked: D(3), id: "P" },
          { amount: "-20.00", currency: "USD", booked: D(3), id: "P" },
        ],
      ],
    ],
    [
      [1, 2],
      [2, 1],
    ],
    ["booked", "booked"],
  ],
  [
    "an amount without its trailing zero, or with more of them, is the same amount, also with 18 digits",
    [
      [
        D(4),
        [
          { amount: "-1.50", booked: D(3) },
          { amount: "123456789012345678.10", booked: D(3) },
        ],
      ],
      [
        D(5),
        [
          { amount: "-1.5", booked: D(3) },
          { amount: "123456789012345678.1", booked: D(3) },
          { amount: "123456789012345679.1", booked: D(3) },
        ],
      ],
    ],
    [
      [1, 2],
      [1, 2, 3],
    ],
    ["booked", "booked", "booked"],
  ],
  [
    "a declined payment stays pending for weeks beside the second attempt, and vanishes",
    [
      [D(2), [pending({ ...coffee, value: D(2) })]],
      [D(3), [pending({ ...coffee, value: D(2) }), pending({ ...coffee, value: D(3) })]],
      [D(5), [pending({ ...coffee, value: D(2) }), { ...coffee, value: D(3), booked: D(5), id: "2" }]],
      [D(14), [{ ...coffee, value: D(3), booked: D(5), id: "2" }]],
      [D(29), [{ ...coffee, value: D(3), booked: D(5), id: "2" }]],
    ],
    [[1], [1, 2], [1, 2], [2], [2]],
    ["vanished", "booked"],
  ],
  [
    "rows without any date are told apart by their content, and never retracted",
    [
      [D(2), [{ ...coffee }, { ...rent, booked: null }]],
      [D(3), [{ ...rent, booked: null }]],
      [D(4), [{ ...rent, booked: null }]],
    ],
    [[1, 2], [2], [2]],
    ["booked", "booked"],
  ],
];

it.each(VARIATIONS)("%s", (_title, responses, expectedRows, statuses) => {
  const told = story(...responses);
  expect({ rows: told.rows, statuses: told.statuses }).toEqual({ rows: expectedRows, statuses });
});
