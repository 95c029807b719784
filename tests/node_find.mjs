// Answers questions with the widget's finder, without a browser: a list in, a list out.
import { find } from "../widget/src/highlight/find.js";

let asked = "";
for await (const piece of process.stdin) asked += piece;
const answers = [];
for (const { text, quote } of JSON.parse(asked)) {
  answers.push(await find(text, quote, () => import("../widget/src/highlight/judge.js")));
}
process.stdout.write(JSON.stringify(answers));
