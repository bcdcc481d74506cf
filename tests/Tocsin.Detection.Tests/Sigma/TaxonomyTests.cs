using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Tests.Sigma;

/// <summary>Which artifacts a rule's log source means, and where its fields are found there.</summary>
public sealed class TaxonomyTests
{
    static readonly LogSource[] Artifacts =
    [
        Some.Iis, Some.Windows, Some.Plain,
        new(null, "exchange", "httpproxy"), new("command", "exchange", "ecp-server"), new("command", "exchange", "pasted"),
    ];

    [Theory]
    [InlineData("{category: webserver}", "webserver/iis/*")]
    [InlineData("{category: webserver, product: iis}", "webserver/iis/*")]
    [InlineData("{category: webserver, service: iis}", "webserver/iis/*")]
    [InlineData("{category: webserver, product: apache}", "")]
    [InlineData("{product: exchange, service: httpproxy}", "*/exchange/httpproxy")]
    [InlineData("{product: Exchange, service: HttpProxy}", "*/exchange/httpproxy")]
    [InlineData("{product: exchange, category: command}", "*/windows/* command/exchange/ecp-server command/exchange/pasted")]
    [InlineData("{product: exchange, category: command, service: ecp-server}", "command/exchange/ecp-server")]
    [InlineData("{product: exchange}", "*/exchange/ews */exchange/httpproxy command/exchange/ecp-server command/exchange/pasted")]
    [InlineData("{product: windows}", "*/windows/*")]
    [InlineData("{product: windows, category: process_creation}", "*/windows/*")]
    [InlineData("{product: windows, service: sysmon, category: process_creation}", "*/windows/*")]
    [InlineData("{product: windows, service: security, category: file_event}", "")]
    [InlineData("{product: windows, service: no-such}", "")]
    [InlineData("{product: linux, category: process_creation}", "")]
    [InlineData("{service: apache}", "")]
    public void A_log_source_means_these_artifacts_and_says_so_when_it_means_none(string logSource, string artifacts)
    {
        var diagnostics = new List<Diagnostic>();
        RuleSet rules = RuleSet.Compile([Some.Rule(logSource, "a: {f: x}\ncondition: a")], [], diagnostics);

        Assert.Equal(artifacts, string.Join(' ', Artifacts.Where(a => !rules.For(a).IsEmpty).Select(a => a.ToString()).Order(StringComparer.Ordinal)));
        Assert.Equal(artifacts.Length == 0, diagnostics.Exists(d => d.Code == SigmaCodes.NoReader));
    }

    [Theory]
    [InlineData("{product: windows, category: process_creation}", "Image: a.exe", "Channel=Microsoft-Windows-Sysmon/Operational\nEventID=1\nImage=a.exe", true)]
    [InlineData("{product: windows, category: process_creation}", "Image: a.exe", "Channel=Security\nEventID=4688\nNewProcessName=a.exe", true)]
    [InlineData("{product: windows, category: process_creation}", "ParentImage: a.exe", "Channel=security\nEventID=4688\nParentProcessName=a.exe", true)]
    [InlineData("{product: windows, category: process_creation}", "Image: a.exe", "Channel=Security\nEventID=1\nImage=a.exe", false)]
    [InlineData("{product: windows, category: process_creation}", "Image: a.exe", "Channel=Microsoft-Windows-Sysmon/Operational\nEventID=11\nImage=a.exe", false)]
    [InlineData("{product: windows, category: process_creation}", "Image: null\nCommandLine: x", "Channel=Security\nEventID=4688\nNewProcessName=a.exe\nCommandLine=x", false)]
    [InlineData("{product: windows, category: ps_script}", "ScriptBlockText: abc", "Channel=PowerShellCore/Operational\nEventID=4104\nScriptBlockText=abc", true)]
    [InlineData("{product: windows, category: pipe_created}", "PipeName: abc", "Channel=Microsoft-Windows-Sysmon/Operational\nEventID=18\nPipeName=abc", true)]
    [InlineData("{product: windows, service: system}", "EventID: 7045", "Channel=System\nEventID=7045", true)]
    [InlineData("{product: windows, service: system}", "EventID: 7045", "Channel=Security\nEventID=7045", false)]
    [InlineData("{product: windows, service: windefend}", "ThreatName: abc", "Channel=Microsoft-Windows-Windows Defender/Operational\nThreat Name=abc", true)]
    [InlineData("{category: antivirus}", "Signature|contains: webshell", "Channel=Microsoft-Windows-Windows Defender/Operational\nEventID=1116\nThreat Name=Backdoor:ASP/Webshell", true)]
    [InlineData("{category: antivirus}", "Filename|contains: .aspx", "Channel=Application\nEventID=1116\nPath=a.aspx", false)]
    [InlineData("{product: windows, service: security}", "EventID: [4624, 4625]\nLogonType: 3", "Channel=Security\nEventID=4625\nLogonType=3", true)]
    [InlineData("{product: windows, service: security}", "EventID: 4624\nLogonType: 3", "Channel=Security\nEventID=4625\nLogonType=3", false)]
    [InlineData("{product: windows, service: security}", "EventID|gte: 4624\nLogonType: 3", "Channel=Security\nEventID=04624\nLogonType=3", true)]
    [InlineData("{product: windows, service: system}", "Provider_Name: Service Control Manager\nEventID: 7045", "Channel=System\nProvider_Name=service control manager\nEventID=7045", true)]
    [InlineData("{product: windows, service: system}", "Provider_Name: Service Control Manager\nEventID: 7045", "Channel=System\nProvider_Name=Other\nEventID=7045", false)]
    [InlineData("{product: windows, service: system}", "Provider_Name: null\nEventID: 7045", "Channel=System\nEventID=7045", true)]
    [InlineData("{product: exchange, category: command}", "Command|contains: set-oab\nOutcome: succeeded", "Channel=MSExchange Management\nEventID=1\nCommand=Set-OabVirtualDirectory\nOutcome=succeeded", true)]
    [InlineData("{product: exchange, category: command}", "Command|contains: set-oab", "Channel=Application\nEventID=1\nCommand=Set-OabVirtualDirectory", false)]
    [InlineData("{product: windows, service: msexchange-management}", "'|all': [Set-OAB, script]", "Channel=MSExchange Management\nMessage=Set-OabVirtualDirectory script", true)]
    public void An_event_is_meant_by_its_channel_and_id(string logSource, string selection, string fields, bool meant)
    {
        SourceRules rules = Some.Compile(Some.Windows, Some.Rule(logSource, $"a:\n  {selection.Replace("\n", "\n  ")}\ncondition: a"));

        Assert.Equal(meant ? [0] : [], Some.Match(rules, Some.Fields(fields)));
        // An event from a binary log has no line of text; its values are searched instead.
        Assert.Equal(meant ? [0] : [], Some.Match(rules, "", Some.Fields(fields)));
    }

    [Theory]
    [InlineData("cs-uri-query|contains: /ecp/x.js", "/ecp/x.js -", true)]
    [InlineData("cs-uri-query|contains: /ecp/x.js?a", "/ecp/x.js a=1", true)]
    [InlineData("cs-uri-query|startswith: 'cmd='", "/a.aspx cmd=1", true)]
    [InlineData("cs-uri-query|contains: '/../'", "/a%2f%2e%2e%252fb -", true)]
    [InlineData("c-uri|endswith: x.js", "/ecp/x.js -", true)]
    [InlineData("cs-uri|contains: /ecp/", "/owa/ ecp", false)]
    [InlineData("cs-uri-stem|endswith: /b.aspx", "/a/b.aspx x=1", true)]
    [InlineData("cs-uri-stem|endswith: /b.aspx", "/a/%62.aspx x=1", true)]
    [InlineData("cs-uri-stem|contains: secret", "/a/b.aspx x=secret", false)]
    [InlineData("cs-uri-stem|contains: 'x=secret'", "/a/b.aspx x=secret", true)]
    [InlineData("cs-uri-query: null", "/a/b.aspx -", true)]
    [InlineData("cs-uri-query: null", "/a/b.aspx x", false)]
    [InlineData("cs-user-agent: Mozilla/5.0 (X)", "/ -", true)]
    [InlineData("cs-user-agent: Mozilla/5.0+(X)", "/ -", true)]
    [InlineData("c-useragent|contains: '0 ('", "/ -", true)]
    [InlineData("cs-referer: null", "/ -", true)]
    [InlineData("cs-host: mail.example", "/ -", true)]
    [InlineData("cs-cookie|contains: a=b", "/ -", true)]
    [InlineData("cs-content-type: text/plain", "/ -", true)]
    [InlineData("- ecp", "/%65cp -", true)]
    public void A_web_field_is_found_where_IIS_writes_it(string selection, string address, bool fits)
    {
        SourceRules rules = Some.Compile(Some.Iis, Some.Rule("{category: webserver}", $"a:\n  {selection}\ncondition: a"));
        string line = $"2021-03-03 10:00:00 10.0.0.1 GET {address} 443 - 10.0.0.2 Mozilla/5.0+(X) - a=b mail.example 200 0 0 1 text/plain";

        Assert.Equal(fits ? [0] : [], W3cLine.Match(rules, line));
        if (fits) Assert.True(rules.FindCandidate(System.Text.Encoding.UTF8.GetBytes(line), 0) >= 0);
    }

    [Fact]
    public void Readers_render_the_rules_fields_and_the_callers_and_no_others()
    {
        SourceRules rules = RuleSet.Compile([Some.Rule("{category: webserver}", "a:\n  cs-uri-stem: x\n  sc-status: 200\ncondition: a")], ["c-ip", "SC-STATUS"], []).For(Some.Iis);

        Assert.Equal(["c-ip", "cs-uri-stem", "sc-status", "url-decoded"], Enumerable.Range(0, rules.Fields.Count).Select(i => rules.Fields[i].ToLowerInvariant()));
    }

    [Fact]
    public void Readers_are_told_which_fields_of_which_events_are_wanted()
    {
        SigmaRule logon = Some.Rule("{product: windows, service: security}", "a: {EventID: 4624, LogonType: 3}\nb: {EventID: 4625, Status: '0x1'}\ncondition: a or b") with { Id = "1" };
        SigmaRule words = Some.Rule("{product: windows, service: powershell-classic}", "a: [mimikatz]\ncondition: a") with { Id = "2" };
        SourceRules rules = RuleSet.Compile([logon, words], ["Computer"], []).For(Some.Windows);
        string Wanted(string channel, int id)
        {
            EventInterest interest = rules.InterestIn(System.Text.Encoding.UTF8.GetBytes(channel), "P"u8, id);
            return string.Join(' ', Enumerable.Range(0, rules.Fields.Count).Where(interest.Wants).Select(i => rules.Fields[i])) + (interest.WantsText ? " +text" : "");
        }

        Assert.Equal("Channel Computer EventID LogonType Provider_Name", Wanted("Security", 4624));
        Assert.Equal("Channel Computer EventID Provider_Name Status", Wanted("security", 4625));
        Assert.Equal("", Wanted("Security", 4626));
        Assert.Equal("", Wanted("System", 4624));
        Assert.Equal("Channel Computer Data EventID Message Provider_Name +text", Wanted("Windows PowerShell", 400));
        Assert.Same(rules.InterestIn("Security"u8, "P"u8, 4626), EventInterest.None);
    }

    [Fact]
    public void A_source_that_no_rule_concerns_has_no_candidates()
    {
        SourceRules rules = RuleSet.Compile([Some.Selecting("f: abc")], ["c-ip"], []).For(Some.Iis);

        Assert.True(rules.IsEmpty);
        Assert.Equal(-1, rules.FindCandidate("abc"u8, 0));
        Assert.Empty(Some.Match(rules, ("c-ip", "abc")));
    }

    [Fact]
    public void A_rule_without_a_text_is_named_and_lets_every_line_pass()
    {
        SourceRules rules = Some.Compile(Some.Plain, Some.Selecting("f|gt: 5"));

        Assert.Single(rules.RulesWithoutLiteral);
        Assert.Equal(2, rules.FindCandidate("abc"u8, 2));
        Assert.Equal(-1, rules.FindCandidate("abc"u8, 3));
    }

    [Fact]
    public void A_compiled_source_is_made_once()
    {
        RuleSet rules = RuleSet.Compile([Some.Selecting("f: abc")], [], []);

        Assert.Same(rules.For(Some.Plain), rules.For(new(null, "exchange", "ews")));
    }
}
