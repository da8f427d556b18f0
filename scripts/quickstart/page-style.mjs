/**
 * How the result page looks: light and dark, narrow and wide, without anything from elsewhere.
 *
 * @module
 */

export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5a6675; --line: #d9dfe6; --paper: #fff; --ground: #f4f6f9;
  --accent: #0b6e99; --other: #9aa7b5; --mark: #fff3cd; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --soft: #a3afbd; --line: #333d4a; --paper: #1a212b; --ground: #11161d;
    --accent: #4fb3dd; --other: #66727f; --mark: #3d3413; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 28px 16px 48px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 1.2rem; margin: 0 0 10px; }
h3 { font-size: 1rem; margin: 18px 0 6px; }
p { margin: 0 0 10px; max-width: 75ch; }
.soft { color: var(--soft); }
a { color: var(--accent); }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 18px; margin-top: 18px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-top: 18px; }
.tile { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
.tile b { display: block; font-size: 1.8rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile.main b { color: var(--accent); }
.tile span { color: var(--soft); font-size: .9rem; }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: 8px 12px; align-items: center; margin: 12px 0; }
.bar { background: var(--ground); border-radius: 5px; height: 22px; overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--other); }
.bar.main i { background: var(--accent); }
.bars b { font-variant-numeric: tabular-nums; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 14px; align-items: start; }
figure { margin: 0; min-width: 0; }
figure img { display: block; width: 100%; height: auto; background: #fff; border: 1px solid var(--line); border-radius: 8px; }
figcaption { color: var(--soft); font-size: .9rem; margin-top: 4px; }
.scans { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: 10px; }
.scans img { aspect-ratio: 1; object-fit: contain; background: #000; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; }
th, td { text-align: left; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.header td { font: .8rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.header td:first-child, .header td:nth-child(2) { white-space: nowrap; overflow-wrap: normal; }
.wide + p { margin-top: 12px; }
@media (max-width: 700px) {
  section { padding: 14px 12px; }
  table { font-size: .8rem; }
  th, td { padding-right: 6px; }
  th.n { white-space: normal; }
  .tile b { font-size: 1.5rem; white-space: nowrap; }
  .header td { overflow-wrap: anywhere; white-space: normal; }
  .header, .header tbody, .header tr, .header td { display: block; }
  .header tr:first-child { display: none; }
  .header tr { border-bottom: 1px solid var(--line); padding: 5px 0; }
  .header td { border: 0; padding: 0; }
  .header td:first-child, .header td:nth-child(2) { display: inline; color: var(--soft); padding-right: 8px; }
  .header td:nth-child(3)::before { content: "before "; color: var(--soft); }
  .header td:nth-child(4)::before { content: "after "; color: var(--soft); }
}
pre { font: .8rem/1.5 ui-monospace, monospace; background: var(--ground); border-radius: 8px; padding: 10px; margin: 6px 0 0;
  white-space: pre-wrap; overflow-wrap: anywhere; }
details { border-bottom: 1px solid var(--line); padding: 6px 0; }
summary { cursor: pointer; }
summary span { color: var(--soft); font-size: .9rem; }
ul { padding-left: 20px; margin: 0; columns: 2 300px; }
li { break-inside: avoid; overflow-wrap: anywhere; }
`;
