#include "pages/internal/page_style.h"

#include "pages/plot.h"

namespace proviso::pages {
namespace {

constexpr std::string_view kHash = "oZl/YIFkBaLt7Niga2Ax+b6ds75QNqJeZj/6DDdYucQ=";

constexpr std::string_view kColours = R"(:root{color-scheme:light dark;
--paper:#faf9f6;--surface:#fff;--ink:#1d2026;--muted:#565b66;--rule:#dfdbd1;--soft:#f1eee6;
--link:#134f80;--yes:#0b5c8f;--part:#0a6a66;--no:#555a63;--against:#a5370a;--open:#6d3a86;
--missing:#7a5200;--none:#5b6069;
--pv-ink:var(--ink);--pv-muted:var(--muted);--pv-rule:var(--rule);--pv-axis:#8b8f98;
--pv-paper:var(--surface);--pv-line:#1b5a8c;--pv-line2:#7a4a00;--pv-limit:#a5370a;
--pv-mark:#b08c1a}
@media (prefers-color-scheme:dark){:root{
--paper:#131518;--surface:#1b1e23;--ink:#eceae5;--muted:#aeb2bb;--rule:#353a43;--soft:#23272e;
--link:#8cc4f0;--yes:#7fc1ee;--part:#6fd0c8;--no:#b4b9c2;--against:#ff9f73;--open:#d2a6ea;
--missing:#e6bb62;--none:#b4b9c2;
--pv-axis:#7a808b;--pv-line:#7fb8e6;--pv-line2:#e0b060;--pv-limit:#ff9f73;--pv-mark:#d3ab33}}
@media print{:root{color-scheme:light;
--paper:#fff;--surface:#fff;--ink:#000;--muted:#444;--rule:#c9c9c9;--soft:#f4f4f4;
--link:#000;--yes:#0b5c8f;--part:#0a6a66;--no:#555a63;--against:#a5370a;--open:#6d3a86;
--missing:#7a5200;--none:#5b6069;
--pv-axis:#777;--pv-line:#1b5a8c;--pv-line2:#7a4a00;--pv-limit:#a5370a;--pv-mark:#a07d0c}}
)";

constexpr std::string_view kText = R"(*{box-sizing:border-box}
html{font-size:clamp(1rem,.78rem + .4vw,1.85rem);-webkit-text-size-adjust:100%;
scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.55;
font-family:ui-sans-serif,system-ui,"Segoe UI",Roboto,"Liberation Sans",sans-serif;
overflow-wrap:anywhere}
h1,h2,h3,.figure,blockquote{font-family:"Iowan Old Style","Palatino Linotype",Palatino,
Charter,Georgia,"Liberation Serif",serif}
h1,h2,h3,h4,p,dl,ul,ol,figure,blockquote{margin:0}
h1{font-size:clamp(1.75rem,1.2rem + 2.2vw,2.6rem);line-height:1.15;font-weight:600;
letter-spacing:-.01em;
max-width:24em;text-wrap:balance}
h2{font-size:1.55rem;line-height:1.2;font-weight:600;padding-top:1.1rem;
border-top:2px solid var(--ink)}
h3{font-size:1.22rem;line-height:1.35;font-weight:600;max-width:44em}
h4{font-size:1rem;line-height:1.4;font-weight:650;max-width:52em}
p,li,blockquote{max-width:42rem}
a{color:var(--link);text-underline-offset:.15em;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;
font-size:.84em}
.hash{overflow-wrap:anywhere}
pre{margin:0;padding:.8rem 1rem;background:var(--soft);white-space:pre-wrap;
overflow-wrap:anywhere;
max-height:22rem;overflow:auto;line-height:1.45}
.quiet,figcaption,.kicker,.id,caption{color:var(--muted);font-size:.88rem}
.id{font-size:.8rem;overflow-wrap:anywhere}
.kicker{letter-spacing:.02em}
.note{background:var(--soft);padding:.5rem .8rem;border-left:3px solid var(--muted)}
.tag{border:1px solid currentColor;border-radius:2px;padding:0 .4em;font-size:.8rem;
font-weight:600;
color:var(--ink)}
article,.inside,.document,.check,.course,.plain,main>section,.days>li>ul{
grid-template-columns:minmax(0,1fr)}
main>section,article,.inside{min-width:0}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
white-space:nowrap}
)";

constexpr std::string_view kLayout =
    R"(.skip{position:absolute;left:-100vw;top:0;background:var(--ink);color:var(--paper);
padding:.6rem 1rem;z-index:2}
.skip:focus{left:0}
.frame{max-width:86rem;margin:0 auto;padding:0 clamp(1rem,3vw,3rem)}
.masthead{padding:clamp(1.2rem,2.4vw,2.4rem) 0 1rem;display:grid;gap:.7rem}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.15rem 1.1rem}
nav a{display:inline-block;padding:.25rem 0;text-decoration:none;color:var(--muted);
font-size:.92rem}
nav a:hover{color:var(--ink);text-decoration:underline}
main>section,footer{margin-top:clamp(2.2rem,4vw,3.6rem);display:grid;gap:1.2rem}
section,article,header,figure,.side,.version{min-width:0}
@media screen and (min-width:68em){
.columns{display:grid;grid-template-columns:12rem minmax(0,1fr);gap:3.5rem;align-items:start}
.columns>nav{position:sticky;top:1.5rem;padding-top:clamp(2.2rem,4vw,3.6rem)}
nav ul{display:block;border-left:1px solid var(--rule)}
nav a{padding:.3rem 0 .3rem 1rem}}
article{display:grid;gap:.9rem}
article+article{margin-top:1.6rem;padding-top:1.9rem;border-top:1px solid var(--rule)}
article>header{display:grid;gap:.35rem}
.lede{font-size:1.08rem;max-width:58rem}
h2.small{font-size:1.08rem;padding:0;border:0}
.glance{display:grid;gap:1.6rem 3rem;margin-top:.3rem}
.glance>div{display:grid;gap:.55rem;align-content:start;min-width:0}
.standing{font-size:.94rem}
.standing ul{padding-left:1.1rem;display:grid;gap:.3rem}
.standing .stages{list-style:none;padding:0}
.standing h2:not(:first-child){margin-top:.7rem}
@media screen and (min-width:60em){
.glance{grid-template-columns:minmax(0,7fr) minmax(0,6fr)}}
.summary{display:grid;gap:0;list-style:none;padding:0;border-top:1px solid var(--rule);
font-size:.94rem}
.summary li{display:grid;grid-template-columns:minmax(8rem,11.5rem) minmax(0,1fr);gap:.2rem 1rem;
padding:.38rem 0;
border-bottom:1px solid var(--rule);max-width:none;align-items:baseline}
.summary a{color:inherit;text-decoration-color:var(--rule)}
@media (max-width:34em){.summary li{grid-template-columns:1fr}}
.lead{font-weight:600}
)";

constexpr std::string_view kParts =
    R"(.sign{display:inline-flex;gap:.45em;align-items:baseline;font-weight:600;line-height:1.35}
.icon{width:1.1em;height:1.1em;flex:none;align-self:flex-start;margin-top:.13em;overflow:visible}
.st{fill:none;stroke:currentColor;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}
.da{stroke-dasharray:2.4 2.6}
.ko{fill:none;stroke:var(--surface);stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.c-yes{color:var(--yes)}.c-part{color:var(--part)}.c-no{color:var(--no)}
.c-against{color:var(--against)}
.c-open{color:var(--open)}.c-missing{color:var(--missing)}.c-none{color:var(--none)}
blockquote{padding-left:1rem;border-left:3px solid var(--rule);font-size:1.08rem;
font-style:italic}
.quote figcaption{margin-top:.35rem;padding-left:1.2rem}
.facts{display:flex;flex-wrap:wrap;gap:.7rem 2.2rem}
.facts dt{color:var(--muted);font-size:.8rem}
.facts dd{margin:0}
.facts ul{padding-left:1.1rem}
.tall{display:grid;gap:.7rem}
.tall>div{min-width:0}
.finding{display:grid;gap:.35rem;background:var(--surface);border:1px solid var(--rule);
padding:.9rem 1.1rem;
border-radius:3px;max-width:46rem}
.verdict{font-size:1.08rem}
.dropped h3{color:var(--muted);text-decoration:line-through;text-decoration-thickness:1px}
.check{display:grid;gap:.75rem;margin-top:.9rem;padding:1.1rem clamp(.7rem,2vw,1.5rem) 1.3rem;
background:var(--surface);
border:1px solid var(--rule);border-radius:3px}
.plot svg,.graph svg{display:block;width:100%;height:auto}
.plot .wide svg{max-width:52rem}.graph .wide svg{max-width:58rem}
.narrow{display:none}
@media (max-width:40em){.wide{display:none}.narrow{display:block}}
details.check{display:block;padding-top:.8rem;padding-bottom:.9rem}
.check+.check{margin-top:0}
details.check>summary{width:auto;color:inherit}
details.check>summary h4{display:inline}
details.check>summary .sign{margin-left:.8rem}
.inside{display:grid;gap:.75rem}
q{font-style:italic}
.fine{font-size:.78rem}
.document{display:grid;gap:.6rem;max-width:44rem;padding:1rem clamp(.7rem,2vw,1.5rem);
background:var(--surface);border:1px solid var(--rule);border-radius:3px;font-size:.94rem}
.document h4{font-size:1.15rem}.document h5{margin-top:.5rem}
h5,h6{margin:0;font-size:1rem;line-height:1.4}
.document ul{padding-left:1.2rem}
.document blockquote,.letter{font-size:1rem;font-style:normal;display:grid;gap:.6rem}
.document+.fine{margin-top:.5rem}
.days{list-style:none;padding:0;display:grid;gap:0}
.days time{white-space:nowrap}
.days>li{display:grid;grid-template-columns:10.5rem minmax(0,1fr);gap:.1rem 1.4rem;padding:.5rem 0;
border-bottom:1px solid var(--rule);max-width:none}
.days ul{list-style:none;padding:0}
.day{font-weight:600}
@media (max-width:34em){.days>li{grid-template-columns:1fr}}
.side{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(14rem,100%),1fr));gap:1px;
background:var(--rule);
border:1px solid var(--rule)}
.version{background:var(--surface);padding:1rem 1.1rem;display:grid;gap:.5rem;align-content:start}
.figure{font-size:1.5rem;line-height:1.2}
.version blockquote{font-size:1rem}
.plain,.course{display:grid;gap:.6rem;padding-left:1.2rem}
.course blockquote{margin:.4rem 0}
details>summary{cursor:pointer;color:var(--link);width:fit-content;padding:.15rem 0}
details[open]>summary{margin-bottom:.7rem}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;width:100%;font-size:.92rem;line-height:1.4}
th,td{overflow-wrap:break-word}
caption{text-align:left;padding:.2rem 0 .5rem}
th,td{text-align:left;vertical-align:top;padding:.5rem 1.1rem .5rem 0;
border-bottom:1px solid var(--rule);min-width:5.2rem}
thead th{color:var(--muted);font-weight:600;font-size:.84rem;vertical-align:bottom;
border-bottom-color:var(--muted)}
tbody th{font-weight:600}
td .hash{display:inline-block;min-width:11rem}
td time,th.key{white-space:nowrap}
td .id,th .id{display:block;font-weight:400}
td p+p{margin-top:.35rem}
@media screen and (max-width:40em){
.scroll>table:not(.matrix),.scroll>table:not(.matrix)>:is(caption,thead,tbody){display:block}
.scroll>table:not(.matrix) tr{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));
gap:.3rem .8rem;padding:.5rem 0;border-bottom:1px solid var(--rule)}
.scroll>table:not(.matrix) :is(th,td){min-width:0;padding:0;border:0;white-space:normal}
.scroll>table:not(.matrix) :is(time,.hash,bdi){min-width:0;white-space:normal}
[aria-label$="and why"] :is(th,td):last-child,
[aria-label^="Steps agreed"] :is(th,td):is(:first-child,:last-child),
[aria-label^="Reports"] :is(th,td):nth-child(2),
[aria-label^="Which"] :is(th,td):nth-child(n+5),
[aria-label^="Events"] :is(th,td):nth-child(n+4),
[aria-label^="Signatures"] :is(th,td):is(:first-child,:last-child){grid-column:1/-1}
[aria-label^="Agreements"] tr{grid-template-columns:repeat(2,minmax(0,1fr))!important}}
.number{font-variant-numeric:tabular-nums;white-space:nowrap}
table.matrix{width:auto}
.matrix td,.matrix thead th{padding:.4rem .8rem;border-left:1px solid var(--rule);
min-width:6.2rem;max-width:22rem}
.matrix th bdi{white-space:nowrap}
.cessation th bdi{white-space:nowrap}
.outcome{min-width:9rem}
.matrix tbody th{font-weight:400;padding:.4rem .8rem .4rem 0}
.matrix td time{white-space:normal}
.matrix th:first-child{position:sticky;left:0;background:var(--paper);z-index:1}
.matrix thead th:first-child{border-left:0;padding-left:0}
.matrix .until{margin-left:.6rem}
.untouched{color:var(--muted)}
.bars{width:7.5rem;height:1.4rem;display:block}
.bar-track{fill:var(--soft)}.bar-before{fill:var(--muted)}.bar-after{fill:var(--pv-line)}
:target{scroll-margin-top:1rem}
:target>header h3,tr:target>th{text-decoration:underline;text-decoration-thickness:2px;
text-underline-offset:.2em}
footer{padding:0 0 4rem}
)";

constexpr std::string_view kGraph =
    R"(.eg-arrow{fill:none;stroke:var(--muted);stroke-width:1.6}
.eg-cited{stroke-dasharray:3 4}
.eg-head{fill:var(--muted)}
.eg-node{fill:var(--surface);stroke:var(--pv-line);stroke-width:2}
.eg-other{stroke:var(--muted)}
.eg-origin{fill:var(--pv-line);stroke:var(--pv-line);stroke-width:2}
.eg-unseen{fill:var(--paper);stroke-dasharray:3 2.5}
.pv-plot .eg-name{font-weight:650;font-size:14px}
.pv-plot .eg-role{font-weight:400;fill:var(--pv-line)}
.pv-plot .eg-title,.pv-plot .eg-date{fill:var(--muted)}
.pv-plot .eg-share{stroke:var(--paper);stroke-width:6;paint-order:stroke;font-weight:600}
.graph{--pv-paper:var(--paper)}
)";

constexpr std::string_view kPaper = R"(@page{margin:18mm 16mm}
@media print{html{font-size:9.5pt}
.skip,nav{display:none}
.frame{max-width:none;padding:0}
.wide{display:block!important}.narrow{display:none!important}
.plot .wide svg{max-width:13cm}.graph .wide svg{max-width:15cm}
h2,h3,h4{break-after:avoid}
.check,.finding,figure,tr,.version,.summary li{break-inside:avoid}
.scroll{overflow:visible}
table{font-size:8pt}th,td{min-width:0;padding-right:.6rem}td .hash{min-width:0}
.matrix td,.matrix thead th{min-width:0;padding:.3rem .4rem}
pre{max-height:none}
details.paper::details-content{content-visibility:visible;height:auto;display:block}
details:not(.paper){display:none}
main>section,article,article>header,.inside,.document,blockquote,.check,.course,.plain,.finding,
.tall,.version,.days>li>ul{display:block}
:is(main>section,article,article>header,.inside,.document,blockquote,.check,.course,.plain,
.finding,.tall,.version)>*+*{margin-top:.6rem}
.glance{grid-template-columns:1fr 1fr;gap:.8rem 1.6rem}
a{text-decoration:none}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
@media (forced-colors:active){.ko{stroke:Canvas}.icon{forced-color-adjust:auto}}
)";

}  // namespace

std::string PageStyle() {
  std::string style;
  for (const std::string_view part :
       {kColours, kText, kLayout, kParts, PlotStyle(), kGraph, kPaper}) {
    style += part;
  }
  return style;
}

std::string_view PageStyleHash() { return kHash; }

}  // namespace proviso::pages
