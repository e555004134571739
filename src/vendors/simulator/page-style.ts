/** The style of the simulator's pages. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #17201f; --dim: #5c6664; --line: #dedbd3; --page: #f3f1ec; --card: #fff;
  --accent: #0b6f68; --good: #0b6f43; --bad: #b3261e; --soft: #ebe8e1; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ecea; --dim: #9aa7a4; --line: #29322f; --page: #0e1312; --card: #141a19;
  --accent: #5cc9bd; --good: #77d6a0; --bad: #ff9a90; --soft: #1e2624; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
a { color: var(--accent); }
h1 { font-size: 22px; margin: 0; } h2 { font-size: 16px; margin: 0 0 10px; }
p { margin: 0 0 10px; } .dim, small { color: var(--dim); } small.block { display: block; white-space: nowrap; } code, pre, .mono { font-family: ui-monospace, monospace; font-size: 12.5px; }
header.top { display: flex; flex-wrap: wrap; gap: 6px 16px; align-items: baseline; padding: 18px 24px; }
main { display: grid; gap: 20px; padding: 0 24px 32px; max-width: 1280px; margin: 0 auto; } header.top { max-width: 1280px; margin: 0 auto; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 20px; padding: 18px 20px; min-width: 0; }
main.home { grid-template-columns: minmax(0, 1fr) 520px; align-items: start; } .stack { display: grid; gap: 20px; }
.weather form { overflow-x: auto; } .weather td { vertical-align: middle; } .weather label { display: flex; gap: 6px; align-items: center; } .weather input { width: 84px; padding: 4px 8px; } .weather input[name=seed] { width: 130px; }
.weather .row, form.row { margin: 14px 0 0; }
@media (max-width: 1000px) { main.home, main.handset { grid-template-columns: minmax(0, 1fr) !important; } }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: 6px 10px 6px 0; vertical-align: top; border-top: 1px solid var(--line); }
th { font-weight: 600; color: var(--dim); font-size: 13px; border-top: 0; } td.num { white-space: nowrap; font-variant-numeric: tabular-nums; }
td.cut { max-width: 240px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tag { display: inline-block; border-radius: 999px; padding: 0 8px; font-size: 12px; line-height: 20px; background: var(--soft); color: var(--dim); white-space: nowrap; }
.tag.good { color: var(--good); } .tag.bad { color: var(--bad); }
input, select, textarea, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 6px 10px; max-width: 100%; }
input[type=number] { width: 96px; } input[type=checkbox] { accent-color: var(--accent); }
button { background: var(--accent); border-color: var(--accent); color: #fff; font-weight: 600; cursor: pointer; }
button.quiet { background: none; color: var(--dim); border-color: var(--line); font-weight: 400; }
@media (prefers-color-scheme: dark) { button { color: #0d1117; } button.quiet { color: var(--dim); } }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
form.row, .row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.problem { background: var(--card); border: 1px solid var(--bad); color: var(--bad); border-radius: 8px; padding: 8px 12px; margin: 0 24px 16px; }
.fresh { position: fixed; top: 10px; left: 50%; transform: translateX(-50%); z-index: 2; margin: 0; }
.fresh button { border-radius: 999px; padding: 6px 16px; box-shadow: 0 4px 16px #0003; }
[hidden] { display: none !important; }

main.handset { grid-template-columns: 392px minmax(0, 1fr); align-items: start; }
.phone { --shell: #16181c; --screen: #fff; --their: #e9e9eb; --their-ink: #111; --mine: #34a853; --mine-ink: #fff; --glass: #111;
  background: var(--shell); border-radius: 46px; padding: 14px; width: 390px; max-width: 100%; margin: 0 auto; box-shadow: 0 12px 40px #0004; }
.phone[data-kind=iphone] { --mine: #0a7cff; }
.phone[data-kind=android] { --their: #e3e8f4; --mine: #2f5bb7; border-radius: 34px; } .phone[data-kind=no-smil] { --their: #e6e6dc; --mine: #5b6b3a; border-radius: 30px; }
.phone[data-kind=feature] { --shell: #4a4f57; --screen: #dfe8d8; --their: #f8fbf5; --mine: #43553a; border-radius: 26px; width: 330px; }
.screen { background: var(--screen); color: var(--glass); border-radius: 34px; overflow: hidden; display: flex; flex-direction: column; height: 680px; }
.phone[data-kind=android] .screen, .phone[data-kind=no-smil] .screen { border-radius: 22px; } .phone[data-kind=feature] .screen { border-radius: 12px; height: 520px; }
.bar { text-align: center; padding: 12px 14px 9px; border-bottom: 1px solid #0002; background: #ffffff90; } .bar b { display: block; } .bar span { color: #555; font-size: 12px; }
.thread { flex: 1; overflow-y: auto; padding: 14px 12px; display: flex; flex-direction: column; gap: 4px; margin: 0; list-style: none; }
.thread li { display: flex; flex-direction: column; max-width: 80%; gap: 3px; margin-bottom: 8px; }
.thread li.theirs { align-self: flex-start; align-items: flex-start; } .thread li.mine { align-self: flex-end; align-items: flex-end; }
.bubble { background: var(--their); color: var(--their-ink); border-radius: 18px; padding: 7px 12px; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
.mine .bubble { background: var(--mine); color: var(--mine-ink); } .phone[data-kind=feature] .bubble { border-radius: 5px; }
.bubble.subject { font-weight: 700; } .thread img, .thread video { display: block; max-width: 100%; max-height: 320px; border-radius: 16px; background: #0001; }
.phone[data-kind=feature] .thread img { border-radius: 4px; } .thread audio { max-width: 100%; }
.file { background: var(--their); color: var(--their-ink); border-radius: 12px; padding: 8px 12px; font-size: 13px; text-decoration: none; display: block; overflow-wrap: anywhere; }
.file b { display: block; } .meta { font-size: 11.5px; color: #6a6f76; padding: 0 6px; } .meta a { color: inherit; }
.ghost { border: 1.5px dashed #b3261e80; color: #8d2019; background: #fff3f2; border-radius: 14px; padding: 6px 10px; font-size: 12.5px; }
.slide + .slide { margin-top: 6px; } .slide { display: flex; flex-direction: column; gap: 4px; align-items: inherit; max-width: 100%; }
.thread li.empty { margin: auto; align-items: center; color: #6a6f76; text-align: center; font-size: 14px; padding: 0 24px; }
.compose { border-top: 1px solid #0002; padding: 10px 12px 14px; display: grid; gap: 8px; background: #ffffff90; }
.compose input, .compose textarea { background: #fff; color: #111; border-color: #0003; width: 100%; } .compose textarea { resize: none; height: 58px; border-radius: 14px; }
.compose .row { flex-wrap: nowrap; } .compose input[type=file] { font-size: 12px; padding: 5px; min-width: 0; } .compose button { background: var(--mine); border-color: var(--mine); color: #fff; border-radius: 999px; }
.threads { display: flex; flex-wrap: wrap; gap: 6px; margin: 0 0 12px; padding: 0; } .threads a { text-decoration: none; } .threads a[aria-current] { background: var(--accent); color: var(--card); }
details.message { border-top: 1px solid var(--line); padding: 8px 0; } details.message > summary { cursor: pointer; display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; }
details.message:target > summary { color: var(--accent); font-weight: 600; } details.message > div { padding: 8px 0 4px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; overflow-wrap: anywhere; }
pre { margin: 0; padding: 10px 12px; background: var(--soft); border-radius: 8px; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 260px; }
button.copy { float: right; padding: 1px 10px; font-size: 12px; margin: 0 0 4px 8px; } .player { display: flex; gap: 6px; align-items: center; margin: 0; font-size: 12px; color: #6a6f76; }
.player button { padding: 2px 12px; font-size: 12.5px; border-radius: 999px; background: #ffffffc0; border-color: #0003; color: #111; } .kinds button { color: var(--accent); }
h2.wire { margin-top: 22px; } h3 { font-size: 13px; margin: 0 0 4px; color: var(--dim); font-weight: 600; } .scroll { overflow-x: auto; }
`
