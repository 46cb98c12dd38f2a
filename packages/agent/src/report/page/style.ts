/** The page's own style: no font, picture or script from elsewhere. Colours keep a contrast of 4.5 to 1 and more in both schemes. */
export const STYLE = `
:root { color-scheme: light dark; --page: #f6f7f9; --sheet: #ffffff; --text: #1b2027; --quiet: #545d68; --line: #d5dae0; --soft: #f1f3f5; --link: #0b57b0;
  --pass: #10602c; --pass-back: #ddf4e2; --fail: #9d1420; --fail-back: #fde7e6; --open: #6f4a00; --open-back: #fff1c9; }
@media screen and (prefers-color-scheme: dark) { :root { --page: #0f1318; --sheet: #171c23; --text: #e4e9ef; --quiet: #a3adb9; --line: #343c46; --soft: #1f262f; --link: #84b8ff;
  --pass: #86e0a0; --pass-back: #12331e; --fail: #ffaba3; --fail-back: #43191a; --open: #f3d27a; --open-back: #3a2c06; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 3rem 3rem; background: var(--sheet); border: 1px solid var(--line); border-top: 4px solid var(--text); }
main > * { max-width: 100%; }
bdi, td, dd, li, h1, h2, h3, p, code { overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 2.6rem 0 .7rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 1.25rem; line-height: 1.3; }
h3 { margin: 1.5rem 0 .4rem; font-size: 1rem; }
p, ul { margin: .5rem 0; }
ul { padding-left: 1.25rem; }
.kind { margin: 0 0 .35rem; color: var(--quiet); font-size: .82rem; font-weight: 600; letter-spacing: .06em; text-transform: uppercase; }
.sub, .more, .told, caption, dt, footer { color: var(--quiet); }
.sub { margin: .5rem 0 0; }
.verdict { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: 1.6rem 0 0; padding: 1rem 1.2rem; border-radius: .5rem; border: 1px solid currentColor; }
.verdict p { flex: 1 1 18rem; margin: 0; color: var(--text); }
.verdict .badge { font-size: 1.1rem; padding: .2rem .8rem; }
.verdict.pass { color: var(--pass); background: var(--pass-back); } .verdict.fail { color: var(--fail); background: var(--fail-back); } .verdict.open { color: var(--open); background: var(--open-back); }
time, .whole { white-space: nowrap; }
.badge { display: inline-block; padding: .05rem .55rem; border: 1px solid currentColor; border-radius: 1rem; font-size: .8rem; font-weight: 700; line-height: 1.5; white-space: nowrap; }
.badge.pass { color: var(--pass); background: var(--pass-back); } .badge.fail { color: var(--fail); background: var(--fail-back); } .badge.open { color: var(--open); background: var(--open-back); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0 2rem; margin: 1rem 0; }
.facts div { display: flex; flex-direction: column; padding: .5rem 0; border-bottom: 1px solid var(--line); min-width: 0; }
dt { font-size: .82rem; } dd { margin: 0; font-weight: 500; }
table { width: 100%; margin: .8rem 0; border-collapse: collapse; font-size: .92rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: .45rem 1.2rem .45rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
th { font-size: .82rem; font-weight: 600; color: var(--quiet); white-space: nowrap; }
th.amount, td.amount { text-align: right; font-variant-numeric: tabular-nums; }
td.amount { white-space: nowrap; }
td ul { margin: 0; padding-left: 1rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: .86em; }
pre { margin: .5rem 0; padding: .8rem 1rem; background: var(--soft); border: 1px solid var(--line); border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.45; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.5rem; }
.plot { margin: 0; min-width: 0; } figcaption { font-weight: 600; }
svg { display: block; width: 100%; height: auto; margin-top: .3rem; }
svg text { font-size: 12px; fill: var(--quiet); }
.grid { stroke: var(--line); fill: none; } .line { stroke: var(--quiet); stroke-width: 1.3; fill: none; }
.mark.plain { fill: var(--link); } .mark.pass { fill: var(--pass); } .mark.fail { stroke: var(--fail); stroke-width: 2.5; fill: none; } .mark.open { stroke: var(--open); stroke-width: 2; fill: var(--sheet); }
.told { font-size: .88rem; } summary { cursor: pointer; color: var(--link); font-size: .9rem; padding: .2rem 0; }
summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .85rem; }
@media screen and (max-width: 44rem) {
  main { padding: 1.4rem 1.1rem 2rem; border-left: 0; border-right: 0; }
  h1 { font-size: 1.5rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; width: 100%; }
  tr { padding: .55rem 0; border-bottom: 1px solid var(--line); }
  td, td.amount { display: flex; gap: .2rem .8rem; padding: .1rem 0; border: 0; text-align: left; white-space: normal; }
  td > div { min-width: 0; }
  td .whole { white-space: normal; }
  td:has(> div:empty) { display: none; }
  td::before { content: attr(data-column); flex: 0 0 6.2rem; color: var(--quiet); font-size: .85rem; }
}
@media print {
  @page { margin: 16mm 14mm; }
  body { background: none; font-size: 10.5pt; } main { max-width: none; padding: 0; border: 0; }
  h2, h3 { break-after: avoid; } tr, svg, .verdict, .facts div, li { break-inside: avoid; } figcaption { break-after: avoid; } pre { break-inside: auto; }
  thead { display: table-header-group; break-after: avoid; } tbody tr:first-child { break-before: avoid; } .plots { grid-template-columns: 1fr 1fr; } details::details-content { content-visibility: visible; display: block; height: auto; } summary { display: none; }
  .badge, .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
