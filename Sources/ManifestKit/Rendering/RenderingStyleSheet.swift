/// How the page of a rendering looks, by day and by night.
enum RenderingStyleSheet {
    /// The style sheet.
    static let text = """
        :root {
          --page: #ffffff; --text: #1c2430; --faint: #667085; --line: #e3e7ee; --panel: #f7f8fa;
          --stable: #3b73d1; --canary: #e08a1e; --area: #e08a1e2b; --least: #1c2430; --good: #157f3b; --bad: #b42318;
          --added: #e3f6e8; --removed: #fdeaea; --waits: #fff6e5;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #14181f; --text: #e4e8ee; --faint: #93a0b4; --line: #2c3440; --panel: #1b212a;
            --stable: #6a9bf0; --canary: #f0a848; --area: #f0a84830; --least: #f4f6f9; --good: #5fce83; --bad: #ff8f85;
            --added: #17382244; --removed: #4a1f2266; --waits: #3a2f1766;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; padding: 24px 24px 64px; max-width: 1080px; background: var(--page); color: var(--text);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
        }
        h1 { font-size: 24px; margin: 0 0 8px; overflow-wrap: anywhere; }
        h2 { font-size: 20px; margin: 0 0 4px; overflow-wrap: anywhere; }
        h3 { font-size: 15px; margin: 24px 0 8px; }
        header + main section:only-child h2 { display: none; }
        section + section { margin-top: 48px; padding-top: 32px; border-top: 1px solid var(--line); }
        nav ul { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; margin: 0 0 32px; padding: 0; }
        a { color: var(--stable); }
        code, pre { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        .facts { color: var(--faint); margin: 0 0 16px; overflow-wrap: anywhere; }
        .facts code { color: var(--text); }
        .dot { padding: 0 4px; }
        .notes { margin: 0 0 16px; padding: 8px 16px 8px 32px; background: var(--waits); border-radius: 6px; }
        figure { margin: 0 0 20px; padding: 8px 8px 4px; background: var(--panel); border-radius: 8px; }
        svg { display: block; width: 100%; height: auto; }
        svg text { font-size: 11.5px; fill: var(--faint); }
        svg .title { font-size: 13px; font-weight: 600; fill: var(--text); }
        svg .tick { text-anchor: end; }
        svg .step, svg .value { text-anchor: middle; }
        svg .value { fill: var(--text); }
        svg .grid { stroke: var(--line); stroke-width: 1; }
        svg .area { fill: var(--area); }
        svg .line-gets { fill: none; stroke: var(--canary); stroke-width: 2.5; stroke-linejoin: round; }
        svg .line-set { fill: none; stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 4 4; }
        svg .bar-stable { fill: var(--stable); }
        svg .bar-canary { fill: var(--canary); }
        svg .least { stroke: var(--least); stroke-width: 2; }
        svg .wanted { stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 2 4; }
        svg .tip { fill: transparent; }
        svg .tip:hover { fill: var(--text); fill-opacity: 0.06; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: 5px 10px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
        th { font-size: 12.5px; font-weight: 600; color: var(--faint); }
        td.text, th.text { text-align: left; }
        td:nth-child(2) { white-space: normal; overflow-wrap: anywhere; min-width: 12em; }
        td:first-child { color: var(--faint); }
        tr.waits td { background: var(--waits); }
        tr.done td.text:nth-child(2) { color: var(--good); font-weight: 600; }
        .missed { color: var(--bad); font-weight: 600; }
        summary { cursor: pointer; padding: 5px 8px; border-radius: 6px; }
        summary:hover { background: var(--panel); }
        .step { margin: 0; border-bottom: 1px solid var(--line); }
        p.step { padding: 5px 8px 5px 25px; color: var(--faint); }
        .step > summary, p.step { overflow-wrap: anywhere; }
        .number { color: var(--faint); margin-right: 4px; font-variant-numeric: tabular-nums; }
        .count { color: var(--faint); font-size: 12.5px; margin-left: 8px; }
        .object, .abort { margin: 0 0 4px 20px; }
        .abort > summary { color: var(--bad); }
        .state { color: var(--faint); font-size: 12.5px; margin-left: 4px; }
        .plus { color: var(--good); font-size: 12.5px; margin-left: 8px; }
        .minus { color: var(--bad); font-size: 12.5px; }
        pre {
          margin: 4px 0 12px 8px; padding: 10px 0; background: var(--panel); border-radius: 6px; overflow-x: auto;
          white-space: pre;
        }
        pre:not(.diff) { padding: 10px 12px; }
        .diff { display: grid; }
        .diff > * { padding: 0 12px; text-decoration: none; font-style: normal; }
        .diff ins { background: var(--added); color: var(--good); }
        .diff del { background: var(--removed); color: var(--bad); }
        .diff i { color: var(--faint); }
        @media print { figure, pre { break-inside: avoid; } }

        """
}
