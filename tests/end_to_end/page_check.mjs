// page_check.mjs MODULES BROWSER FILE.html...: opens each page as readers do, on screens from a
// phone to 4K, light and dark, and on paper, and holds it to what docs/formats/page.md promises.
// MODULES is a node_modules folder with playwright-core and axe-core. Prints one line for each check
// and "N passed, N failed" at the end.
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, browserPath, ...files] = process.argv.slice(2);
const require = createRequire(resolve(modules) + "/");
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const WIDTHS = [320, 390, 768, 1280, 3840];
const SCHEMES = ["light", "dark"];
const TEXT_PIXELS_MIN = 9; // of letters in drawings, at any width
const PDF_BYTES_MIN = 10_000;

let passed = 0;
let failed = 0;

function check(holds, what, found) {
  if (holds) {
    passed += 1;
  } else {
    failed += 1;
    console.log(`not ok  ${what}${found === undefined ? "" : `: ${JSON.stringify(found)}`}`);
  }
}

// What a page shows of itself; runs inside of it.
function measure() {
  const shown = (element) => element.getClientRects().length > 0;
  const letters = [...document.querySelectorAll("svg text")]
    .filter(shown)
    .map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a);
  const outside = [...document.querySelectorAll("svg.pv-plot text")].filter(shown).filter((text) => {
    const box = text.getBoundingClientRect();
    const svg = text.ownerSVGElement.getBoundingClientRect();
    return box.left < svg.left - 1 || box.right > svg.right + 1 || box.bottom > svg.bottom + 1;
  });
  // Letters over letters; a line height has air above and below, so boxes may touch a little.
  const crossed = [...document.querySelectorAll("svg.pv-plot")].filter(shown).flatMap((svg) => {
    const texts = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
    return texts.flatMap(([text, a], i) =>
      texts
        .slice(i + 1)
        .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2)
        .filter(([, b]) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > a.height * 0.4)
        .map(([other]) => `${text} / ${other}`),
    );
  });
  const doubled = [...document.querySelectorAll("figure")].filter(
    (figure) => [...figure.querySelectorAll("svg")].filter(shown).length > 1,
  );
  return {
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    smallest: letters.length === 0 ? null : Math.min(...letters),
    outside: outside.map((text) => text.textContent),
    // A matrix may be pushed aside by a finger; all other tables fit.
    cut: [...document.querySelectorAll(".scroll:not(:has(> .matrix))")]
      .filter((part) => shown(part) && part.scrollWidth > part.clientWidth + 1)
      .map((part) => part.getAttribute("aria-label")),
    crossed,
    doubled: doubled.length,
  };
}

async function violations(page) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ["violations"] }),
  );
  return found.map((rule) => `${rule.id} at ${rule.nodes[0].target}`);
}

async function checkScreen(browser, url, width, colorScheme) {
  const name = `${url.split("/").pop()} ${width} ${colorScheme}`;
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  const said = [];
  const asked = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(url);
  const own = await page.evaluate(measure);
  check(own.overflow <= 0, `${name}: nothing runs out of the screen`, own.overflow);
  check(own.smallest === null || own.smallest >= TEXT_PIXELS_MIN, `${name}: drawings can be read`, own.smallest);
  check(own.outside.length === 0, `${name}: texts stay in their drawings`, own.outside);
  check(own.doubled === 0, `${name}: each drawing is shown once`, own.doubled);
  await page.keyboard.press("Tab");
  const focus = await page.evaluate(() => {
    const box = document.activeElement.getBoundingClientRect();
    return { text: document.activeElement.textContent, left: box.left };
  });
  check(focus.text.startsWith("Skip") && focus.left >= 0, `${name}: the first tab shows the way past`, focus);
  await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
  const opened = await page.evaluate(measure);
  check(opened.crossed.length === 0, `${name}: texts in drawings do not cross`, opened.crossed.slice(0, 3));
  check(opened.overflow <= 0, `${name}: nor when all is opened`, opened.overflow);
  // On a phone tables become lists. Wider screens, and words without an end that only malice writes,
  // may need a push aside.
  const phone = page.viewportSize().width <= 480 && !name.includes("hostile");
  if (phone) check(opened.cut.length === 0, `${name}: no table is cut`, opened.cut);
  const broken = await violations(page);
  check(broken.length === 0, `${name}: axe finds nothing`, broken);
  check(asked.length === 1, `${name}: nothing is loaded`, asked);
  check(said.length === 0, `${name}: the browser has nothing to say`, said);
  await context.close();
}

async function checkPaper(browser, url) {
  const page = await browser.newPage();
  await page.goto(url);
  const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
  check(pdf.length > PDF_BYTES_MIN, `${url.split("/").pop()}: prints`, pdf.length);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  // What is folded on a screen for length alone, not for being technical, is open on paper.
  const folded = await page.evaluate(() =>
    [...document.querySelectorAll("details.paper > :last-child")]
      .filter((part) => !part.checkVisibility({ contentVisibilityAuto: true }) || part.offsetHeight === 0)
      .map((part) => part.textContent.slice(0, 60)),
  );
  const technical = await page.evaluate(() =>
    [...document.querySelectorAll("details:not(.paper) > summary")].map((part) => part.textContent),
  );
  check(
    technical.every((summary) => summary === "How it was computed"),
    `${url.split("/").pop()}: paper leaves out how checks were computed, and nothing else`,
    technical,
  );
  check(folded.length === 0, `${url.split("/").pop()}: paper shows what cannot be unfolded there`, folded);
  check(ground === "rgb(255, 255, 255)", `${url.split("/").pop()}: prints on white, dark or not`, ground);
  await page.close();
}

// A policy that allows a script would let this one run.
async function checkPolicy(browser, file) {
  const page = await browser.newPage();
  const marked = readFileSync(file, "utf8").replace("</body>", "<script>window.ran=1</script></body>");
  const url = pathToFileURL(file).href;
  await page.route(url, (route) => route.fulfill({ contentType: "text/html", body: marked }));
  await page.goto(url);
  check((await page.evaluate(() => window.ran)) === undefined, `${file}: its policy stops a script`);
  await page.close();
}

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
for (const file of files) {
  const url = pathToFileURL(resolve(file)).href;
  console.log(`# ${url.split("/").pop()}, ${statSync(file).size} bytes`);
  for (const width of WIDTHS) {
    for (const scheme of SCHEMES) await checkScreen(browser, url, width, scheme);
  }
  await checkPaper(browser, url);
  await checkPolicy(browser, resolve(file));
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
