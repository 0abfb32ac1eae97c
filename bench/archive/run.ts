/** `npm run bench:archive [-- TRANSACTIONS]`: what an archive of a million transactions costs, as ratios in one run. */
import { printMeasures } from "../print-measures.ts";
import { dailyFile } from "./daily-file.ts";
import { archiveMeasures } from "./measures.ts";

const transactions = Number(process.argv[2] ?? 1_000_000);
printMeasures([...(await archiveMeasures(transactions)), ...(await dailyFile())]);
