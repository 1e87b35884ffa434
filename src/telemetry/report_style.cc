#include "telemetry/report_style.h"

namespace tendril {

// Colours tell nothing that words do not tell, too.
std::string_view report_style() {
  return R"css(
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#171a21;--soft:#5a6272;--rule:#dfe3ea;
--one:#2563c9;--two:#c2570c;--good:#16794c;--bad:#c0283a;--warn:#9a6700;--none:#6b7280;--info:#2563c9}
@media(prefers-color-scheme:dark){:root{--page:#101318;--card:#181c23;--ink:#e8ebf1;--soft:#9aa4b5;
--rule:#2b313c;--one:#6ea3ff;--two:#f0924a;--good:#4cc38a;--bad:#ff7a86;--warn:#e0b341;--none:#8b94a5;--info:#6ea3ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:72rem;margin:0 auto;padding:2rem 1.25rem 3rem}
h1{font-size:1.7rem;line-height:1.25;margin:0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.25rem 0 .75rem}
h3{font-size:1rem;margin:0}
p{margin:.25rem 0;color:var(--soft)}
header .state{display:inline-block;margin:0 0 .5rem;padding:.1rem .7rem;border:1.5px solid currentColor;border-radius:1rem;font-size:.85rem;font-weight:600}
.done,.succeeded{color:var(--good)}.failed{color:var(--bad)}.stopped,.cancelled{color:var(--warn)}.running{color:var(--info)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1.5rem 0 0;padding:0;list-style:none}
.figures li,figure,.card{background:var(--card);border:1px solid var(--rule);border-radius:.6rem}
.figures li{padding:.75rem 1rem}
.figures b{display:block;font-size:1.35rem;font-weight:650;font-variant-numeric:tabular-nums}
.figures span{color:var(--soft);font-size:.85rem}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));gap:1rem}
figure{margin:0;padding:1rem 1.1rem;min-width:0}
figcaption p{font-size:.85rem}
.legend{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;list-style:none;margin:.5rem 0;padding:0;font-size:.85rem}
.key{display:inline-block;width:1rem;height:.2rem;margin-right:.4rem;vertical-align:middle;border-radius:.1rem}
.key.one{background:var(--one)}.key.two{background:var(--two)}
.plot{display:grid;grid-template-columns:auto 1fr;gap:.35rem .5rem}
.scale{display:flex;flex-direction:column;justify-content:space-between;text-align:right;font-size:.75rem;color:var(--soft);line-height:1;font-variant-numeric:tabular-nums}
.canvas{height:11rem;min-width:0}
svg{display:block;width:100%;height:100%;overflow:visible}
.grid{stroke:var(--rule);stroke-width:1;vector-effect:non-scaling-stroke}
.line{fill:none;stroke-width:2;stroke-linejoin:round;vector-effect:non-scaling-stroke}
.line.one{stroke:var(--one)}.line.two{stroke:var(--two);stroke-dasharray:6 3}
.area{stroke:none;opacity:.14}.area.one{fill:var(--one)}
.times{grid-column:2;display:flex;justify-content:space-between;font-size:.75rem;color:var(--soft)}
.bars{display:grid;grid-template-columns:max-content 1fr max-content;gap:.5rem .75rem;align-items:center;margin:.75rem 0 0;font-size:.9rem}
.bars .track{height:.85rem;border-radius:.25rem;background:var(--rule);overflow:hidden}
.bars .fill{display:block;height:100%;min-width:0}
.fill.good{background:var(--good)}.fill.info{background:var(--info)}.fill.warn{background:var(--warn)}.fill.bad{background:var(--bad)}.fill.none{background:var(--none)}
.bars .amount{text-align:right;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.45rem .7rem;border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap}
th:first-child{text-align:left}
thead th{color:var(--soft);font-weight:600;font-size:.8rem}
tbody tr:last-child>*{border-bottom:0}
tbody th{font-weight:600}
.fault{color:var(--bad);overflow-wrap:anywhere}
ul.fault{margin:.75rem 0 0;padding-left:1.2rem;font-size:.9rem}
details{margin-top:.5rem;font-size:.85rem}
summary{cursor:pointer;color:var(--soft)}
footer{margin-top:2rem;font-size:.8rem;color:var(--soft)}
@media print{body{background:#fff}figure{break-inside:avoid}}
)css";
}

}  // namespace tendril
