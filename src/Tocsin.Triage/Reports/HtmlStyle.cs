namespace Tocsin.Triage.Reports;

/// <summary>The style sheet of the HTML report. Colours keep a contrast of at least 4.5 to 1 for text on both grounds.</summary>
/// <remarks>
/// Well-formed inside of XML: no less-than sign and no ampersand. Dark colours are for screens only; paper is always light.
/// </remarks>
internal static class HtmlStyle
{
    public const string Css = """

        :root {
          --ground: #f4f5f7; --paper: #ffffff; --sunk: #f7f8fa; --ink: #1b2330; --dim: #566073; --line: #dde1e8; --strong-line: #c3c9d4; --link: #1d4f91;
          --red: #b3261e; --red-soft: #fdf0ee; --red-line: #efc1bc;
          --amber: #8a4b00; --amber-soft: #fdf5e6; --amber-line: #ecd3a6;
          --violet: #5a3d9e; --violet-soft: #f4f1fb; --violet-line: #d3c7ee;
          --green: #17663f; --green-soft: #edf7f1; --green-line: #b9dcc8;
          --grey: #4d5768; --grey-soft: #f2f3f6; --grey-line: #d5d9e1;
          --covered: #b9cde6; --density: #5c88bd; --proven: #3b8f63; --hatch: #cfd4dd;
          --run-0: #566073; --run-1: #b3261e; --run-2: #1d5fa8; --run-3: #7a3fa0; --run-4: #8a5a00; --run-5: #0b6e6e; --run-6: #a02768;
          color-scheme: light;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            --ground: #10141b; --paper: #181e27; --sunk: #131820; --ink: #e5e9f0; --dim: #a0abbc; --line: #2b3441; --strong-line: #3d4858; --link: #8fbcf2;
            --red: #ff9389; --red-soft: #2b1819; --red-line: #6b3533;
            --amber: #f2bd67; --amber-soft: #291f10; --amber-line: #5f4a22;
            --violet: #c1adf7; --violet-soft: #201b32; --violet-line: #4c4173;
            --green: #79d6a3; --green-soft: #12261c; --green-line: #2c5a41;
            --grey: #b3bdcc; --grey-soft: #1e2530; --grey-line: #3a4453;
            --covered: #2f4a6b; --density: #6d9fd8; --proven: #4fae7d; --hatch: #3a4453;
            --run-0: #a0abbc; --run-1: #ff9389; --run-2: #7db7f5; --run-3: #d0a5f0; --run-4: #e5b95c; --run-5: #5fcfc9; --run-6: #f592c4;
            color-scheme: dark;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; overflow-wrap: anywhere; background: var(--ground); color: var(--ink); font: 16px/1.55 -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; }
        h1, h2, h3, h4, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
        ul, ol { list-style: none; }
        h1, h2, h3, h4 { line-height: 1.3; text-wrap: balance; }
        a { color: var(--link); }
        code, .mono { font-family: ui-monospace, "Cascadia Mono", Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; font-size: .86em; }
        .defs { position: absolute; }
        .hatch { stroke: var(--hatch); stroke-width: 3; }
        .top a { color: var(--amber); font-weight: 600; }
        .skip { position: absolute; left: -999px; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem; z-index: 1; }
        .top, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 1.5rem; }
        .top { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; justify-content: space-between; align-items: baseline; padding-top: 1.25rem; padding-bottom: .25rem; color: var(--dim); font-size: .875rem; }
        .brand b { color: var(--ink); font-size: 1rem; letter-spacing: .01em; }
        .server { margin-top: 1rem; }
        .server + .server { margin-top: 3.5rem; }
        .server-name { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .75rem; margin: .5rem 0 .75rem; }
        .server-name h1, .server-name h2, .overview h1 { font-size: 1.75rem; letter-spacing: -.01em; }
        .server-name .from { color: var(--dim); font-size: .875rem; }

        .v-compromised { --v: var(--red); --v-soft: var(--red-soft); --v-line: var(--red-line); }
        .v-targeted { --v: var(--amber); --v-soft: var(--amber-soft); --v-line: var(--amber-line); }
        .v-cannot-tell { --v: var(--violet); --v-soft: var(--violet-soft); --v-line: var(--violet-line); }
        .v-nothing-found { --v: var(--green); --v-soft: var(--green-soft); --v-line: var(--green-line); }
        .v-not-applicable { --v: var(--grey); --v-soft: var(--grey-soft); --v-line: var(--grey-line); }

        .card, .panel-box, .brief, .overview, .problems { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; }
        .card { padding: 1.5rem 1.75rem 1.75rem; border-color: var(--v-line); border-top: 6px solid var(--v); margin-bottom: 1rem; }
        .verdict { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; color: var(--v); }
        .verdict .icon { width: 2.1rem; height: 2.1rem; }
        .verdict .word { font-size: 1.7rem; font-weight: 700; letter-spacing: -.01em; line-height: 1.2; }
        .verdict .wave { font-size: 1.05rem; font-weight: 600; color: var(--ink); }
        .verdict .confidence { font-size: .875rem; color: var(--dim); margin-left: auto; }
        .icon { flex: none; fill: none; }
        .icon-shape { fill: var(--v); }
        .icon-sign { fill: none; stroke: var(--paper); stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
        .headline { font-size: 1.3rem; line-height: 1.4; font-weight: 600; margin: .75rem 0 0; text-wrap: balance; }
        .columns { display: grid; grid-template-columns: minmax(0, 1fr) 19.5rem; gap: 1.25rem 2.5rem; margin-top: 1.1rem; }
        .say h3, .next h3, .next h2, .short-chain h3, h4 { font-size: .875rem; font-weight: 650; color: var(--dim); }
        .meaning { margin-top: .25rem; max-width: 38rem; }
        .meaning strong { color: var(--v); }
        .next { margin-top: 1.1rem; background: var(--v-soft); border-left: 4px solid var(--v); border-radius: 0 6px 6px 0; padding: .7rem 1rem .8rem; }
        .next h2, .next h3 { color: var(--v); }
        .next p { font-size: 1.08rem; font-weight: 600; }
        .say .missing, .short-chain { margin-top: 1.1rem; }
        .short-chain li { display: grid; grid-template-columns: 8rem 1rem minmax(0, 1fr) auto; gap: 0 .5rem; align-items: center; font-size: .9rem; padding: .13rem 0; }
        .short-chain .when, .short-chain .outcome { color: var(--dim); font-size: .8125rem; font-variant-numeric: tabular-nums; }
        .short-chain .swatch { width: 1rem; height: 1rem; }
        .facts { font-size: .9rem; border-left: 1px solid var(--line); padding-left: 1.5rem; }
        .facts dt { color: var(--dim); font-size: .8125rem; }
        .facts dt + dd { margin-bottom: .6rem; }
        .facts dd { font-variant-numeric: tabular-nums; }
        .ladder { display: grid; grid-template-columns: repeat(5, 1fr); gap: 3px; margin-top: .3rem; }
        .ladder li { border-top: 6px solid var(--line); padding-top: .2rem; font-size: .6875rem; color: var(--dim); overflow-wrap: normal; }
        .ladder .reached { border-color: var(--v); color: var(--ink); }
        .ladder .now { font-weight: 700; color: var(--v); }
        .share { display: block; width: 100%; height: 6px; margin-top: .3rem; }

        .brief { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr); gap: .25rem 1rem; padding: .8rem 1.1rem; margin-bottom: .6rem; }
        .brief-next + .brief-line, .fold + .brief-line { margin-top: .5rem; }
        .brief-next { color: var(--dim); font-size: .9rem; margin-top: .15rem; }
        .brief-next b { color: var(--ink); }
        .chip { display: inline-flex; align-items: center; gap: .35rem; align-self: start; justify-self: start; white-space: nowrap; font-size: .8125rem; font-weight: 650; color: var(--v); background: var(--v-soft); border: 1px solid var(--v-line); border-radius: 6px; padding: .1rem .5rem .1rem .4rem; }
        .chip .icon { width: .95rem; height: .95rem; }

        .overview { padding: 1.4rem 1.75rem; margin-top: 1rem; }
        .counts { display: flex; flex-wrap: wrap; gap: .6rem; margin: .9rem 0 1.1rem; }
        .count { color: var(--v); background: var(--v-soft); border: 1px solid var(--v-line); border-radius: 8px; padding: .35rem .9rem .4rem; font-size: .9rem; }
        .count b { font-size: 1.35rem; margin-right: .45rem; }
        .overview + .server { margin-top: 3rem; }
        .matrix td small { display: block; color: var(--dim); padding-left: .4rem; }
        .matrix th[scope=row] { font-weight: 600; color: var(--ink); white-space: nowrap; }
        .next-cell { color: var(--dim); font-size: .85rem; min-width: 9rem; }

        .panel-box, .problems { padding: 1.25rem 1.75rem 1.4rem; margin-top: 1rem; }
        .panel-box.sign { border-color: var(--red); border-width: 2px; }
        .panel-box.sign > h3, .next-cell .sign { color: var(--red); }
        .panel-box > p + .finding { margin-top: .8rem; }
        .card + .panel-box, .panel-box + .card { margin-top: 1rem; }
        .panel-box h2, .panel-box h3, .problems h2 { font-size: 1.125rem; margin-bottom: .6rem; }
        .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem 2.5rem; }
        h4 { margin: .2rem 0 .3rem; }
        .panel-box > h4, .panel-box > .notes, .panel-box > .clocks { margin-top: 1.2rem; }
        .because li, .missing li, .notes li, .clocks li, .problems li { position: relative; padding-left: 1.1rem; margin-bottom: .35rem; }
        .because li::before, .missing li::before, .notes li::before, .clocks li::before, .problems li::before { content: ""; position: absolute; left: .1rem; top: .62em; width: .38rem; height: .38rem; border-radius: 50%; background: var(--strong-line); }
        .dim, .more { color: var(--dim); font-size: .875rem; }
        .more { margin-top: .5rem; }

        .scroll { overflow-x: auto; }
        .chart { display: block; width: 100%; min-width: 720px; height: auto; font-size: 12.5px; }
        .chart text { fill: var(--ink); }
        .panel { fill: var(--sunk); stroke: var(--line); }
        .grid { stroke: var(--line); fill: none; }
        .strip { fill: var(--paper); }
        .outside { fill: var(--paper); fill-opacity: .6; }
        .window { fill: none; stroke: var(--dim); stroke-width: 1.5; }
        .rest { fill: var(--line); }
        .chart .axis-title { font-weight: 650; font-size: 12px; }
        .chart .axis-label, .chart .lane-outcome, .chart .mark-count { fill: var(--dim); font-size: 11.5px; }
        .lane-name, .lane-outcome, .marker-label { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
        .lane-name { font-weight: 600; }
        .chart .unseen { fill: var(--dim); font-weight: 400; }
        .run { fill: none; stroke-width: 2; stroke-opacity: .45; stroke-linejoin: round; stroke: var(--run); }
        .mark .shape { stroke: var(--run); stroke-width: 2; fill: var(--paper); }
        .mark.succeeded .shape { fill: var(--run); }
        .mark .cross { fill: none; stroke-width: 2.6; stroke-linecap: round; }
        .run-0 { --run: var(--run-0); } .run-1 { --run: var(--run-1); } .run-2 { --run: var(--run-2); } .run-3 { --run: var(--run-3); }
        .run-4 { --run: var(--run-4); } .run-5 { --run: var(--run-5); } .run-6 { --run: var(--run-6); }
        .none { fill: url(#hatch); }
        .covered { fill: var(--covered); }
        .density { fill: var(--density); }
        .proven { fill: var(--proven); }
        .extract { fill: var(--paper); stroke: var(--amber); stroke-width: 1.5; stroke-dasharray: 3 2; }
        .frame { fill: none; stroke: var(--strong-line); }
        .marker { fill: none; stroke-width: 1.6; }
        .marker.attack { stroke: var(--red); } .marker.fix { stroke: var(--green); stroke-dasharray: 5 4; stroke-width: 2; }
        .marker-band.attack { fill: var(--red); fill-opacity: .13; }
        .chart .marker-label { font-weight: 650; font-size: 12px; }
        .chart .marker-label.attack { fill: var(--red); } .chart .marker-label.fix { fill: var(--green); }
        .key { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; margin-top: .7rem; font-size: .8125rem; color: var(--dim); }
        .key li { display: inline-flex; align-items: center; gap: .4rem; }
        .key b { color: var(--ink); white-space: nowrap; }
        .key .swatch { width: 1rem; height: 1rem; flex: none; }
        .key .swatch.line { width: 1.5rem; }
        .runs { flex-direction: column; }
        .swatch .run { stroke-opacity: .9; stroke-width: 3; }

        .finding { border-top: 1px solid var(--line); padding: 1rem 0 1.1rem; }
        .finding:first-of-type { border-top: 0; padding-top: .25rem; }
        .finding-head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .2rem 1rem; align-items: baseline; }
        .finding h4 { font-size: 1rem; color: var(--ink); margin: 0; }
        .tags { display: flex; gap: .35rem; flex-wrap: wrap; }
        .tag, .state { font-size: .78rem; border: 1px solid var(--line); border-radius: 5px; padding: 0 .45rem; color: var(--dim); white-space: nowrap; }
        .p-exploited .proves, .p-implanted .proves, .p-operated .proves, .p-impact .proves { color: var(--red); border-color: var(--red-line); background: var(--red-soft); font-weight: 650; }
        .p-targeted .proves { color: var(--amber); border-color: var(--amber-line); background: var(--amber-soft); font-weight: 650; }
        .why { margin: .3rem 0; max-width: 46rem; }
        .noise { color: var(--dim); font-size: .9rem; margin-bottom: .3rem; }
        .evidence { margin-top: .6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--sunk); overflow: hidden; }
        .evidence figcaption { font-size: .8125rem; padding: .35rem .75rem; border-bottom: 1px solid var(--line); color: var(--dim); }
        .evidence .at { white-space: nowrap; color: var(--ink); }
        .text { display: block; padding: .5rem .75rem .6rem; white-space: pre-wrap; line-height: 1.5; direction: ltr; unicode-bidi: isolate-override; }
        .text .fact { display: block; padding-inline-start: 1rem; text-indent: -.5rem; }
        .path, bdi, .mono { unicode-bidi: isolate-override; direction: ltr; }
        .cut { color: var(--dim); font-style: italic; }
        details.fold { margin-top: .6rem; }
        details.grounds { margin-top: .5rem; }
        summary { cursor: pointer; color: var(--link); font-size: .9rem; }
        .grounds > summary { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: .7rem 1.1rem; }
        table { border-collapse: collapse; width: 100%; font-size: .875rem; margin-top: .4rem; }
        th { text-align: left; font-weight: 600; color: var(--dim); font-size: .8125rem; }
        th, td { padding: .38rem .9rem .38rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
        td.mono { min-width: 8rem; }
        td.word, th { overflow-wrap: normal; }
        td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
        .files li { border-top: 1px solid var(--line); padding: .55rem 0; }
        .files .damaged, .files .unreadable, .files .not-read { color: var(--amber); border-color: var(--amber-line); background: var(--amber-soft); }
        .damage { font-size: .875rem; color: var(--amber); }
        .problems { border-color: var(--amber-line); }
        .check p { max-width: 46rem; }
        .commands { display: grid; grid-template-columns: auto 1fr; gap: .3rem 1rem; margin: .6rem 0; }
        .commands dt { color: var(--dim); }
        .glossary { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem 2.5rem; font-size: .9rem; }
        .glossary h3 { font-size: .875rem; color: var(--dim); margin-bottom: .4rem; }
        .glossary dt { font-weight: 650; }
        .glossary dd { margin-bottom: .45rem; color: var(--dim); }
        footer { color: var(--dim); font-size: .8125rem; padding-top: 1.5rem; padding-bottom: 2.5rem; }

        @media (max-width: 820px) {
          .columns { grid-template-columns: minmax(0, 1fr); }
          .facts { border-left: 0; border-top: 1px solid var(--line); padding: 1rem 0 0; }
        }
        @media (max-width: 560px) {
          .top, main, footer { padding-left: .75rem; padding-right: .75rem; }
          .card, .panel-box, .overview, .problems { padding-left: 1rem; padding-right: 1rem; }
          .card { padding-top: 1.1rem; }
          .verdict .confidence { margin-left: 0; width: 100%; }
          .headline { font-size: 1.15rem; }
          .brief { grid-template-columns: minmax(0, 1fr); }
          .short-chain li { grid-template-columns: 1rem minmax(0, 1fr); align-items: start; padding: .3rem 0; }
          .short-chain .when, .short-chain .outcome { grid-column: 2; }
          .short-chain .swatch { grid-column: 1; grid-row: 1; margin-top: .25rem; }
          .short-chain .step { grid-column: 2; grid-row: 1; }
          .evidence .at { white-space: normal; }
        }
        @media print {
          @page { margin: 14mm; }
          body { background: #fff; font-size: 10.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
          .top, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
          .skip { display: none; }
          .columns { display: block; }
          .facts { display: block; columns: 3; column-gap: 1.5rem; border-left: 0; border-top: 1px solid var(--line); padding: .6rem 0 0; margin-top: .8rem; }
          .facts dt { break-after: avoid; } .facts dd { break-inside: avoid; }
          .card { padding: 1rem 1.25rem; }
          .ladder li { font-size: .58rem; }
          .panel-box, .problems { padding: .8rem 1.25rem 1rem; }
          .short-chain li { grid-template-columns: 8rem 1rem minmax(0, 1fr) auto; }
          .short-chain .when, .short-chain .outcome, .short-chain .swatch, .short-chain .step { grid-column: auto; grid-row: auto; }
          .meaning, .why, .check p { max-width: none; }
          .card, .brief, .evidence, .files li, tr, .chart, .finding-head, .because, .missing, .short-chain li { break-inside: avoid; }
          h2, h3, h4, summary, figcaption { break-after: avoid; }
          .server + .server { break-before: page; margin-top: 0; }
          .scroll { overflow: visible; }
          .chart { min-width: 0; }
          .text { font-size: 8pt; }
          .chip { white-space: normal; }
          table { font-size: 7.5pt; }
          details::details-content { content-visibility: visible; display: block; height: auto; }
          summary { list-style: none; color: var(--dim); }
        }

        """;
}
