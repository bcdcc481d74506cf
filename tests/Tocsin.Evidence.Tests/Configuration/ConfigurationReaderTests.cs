using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Configuration;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Configuration;

/// <summary>Configuration files of IIS and Exchange, made for each test; names are those reserved for examples.</summary>
public sealed class ConfigurationReaderTests
{
    static readonly string[] Fields =
    [
        "Element", "Location", "Site", "Name", "Image", "Type", "PreCondition", "Path", "PhysicalPath", "AppPool", "Identity", "ManagedRuntime", "Verb", "ScriptProcessor",
        "Pattern", "Input", "Action", "Enabled", "Value", "Fact",
    ];

    static CollectingSink Read(string text, string path = "web.config")
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        ArtifactReader reader = ArtifactFormats.Recognise(bytes.AsSpan(0, Math.Min(bytes.Length, ArtifactFormats.HeadBytes)), path, bytes.Length) ?? throw new InvalidOperationException("Not recognised.");
        return new CollectingSink(Fields).Read(reader, bytes);
    }

    static string[] Facts(CollectingSink read) => [.. read.Records.SelectMany(r => r.Fields.GetValueOrDefault("Fact") ?? []).Order(StringComparer.Ordinal)];

    static string Host(string modules = "", string directories = "", string locations = "") => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- made -->
        <configuration>
          <system.applicationHost>
            <applicationPools>
              <add name="MSExchangeOWAAppPool" managedRuntimeVersion="v4.0" CLRConfigFile="D:\Mail\V15\bin\GenericAppPoolConfigWithGCServerEnabledFalse.config">
                <processModel identityType="LocalSystem" />
              </add>
            </applicationPools>
            <sites>
              <site name="Default Web Site" id="1">
                <application path="/owa" applicationPool="MSExchangeOWAAppPool">
                  <virtualDirectory path="/" physicalPath="D:\Mail\V15\FrontEnd\HttpProxy\owa" />
                  {directories}
                </application>
              </site>
            </sites>
          </system.applicationHost>
          <system.webServer>
            <globalModules>
              <add name="WSMan" image="C:\Windows\system32\wsmsvc.dll" />
              <add name="kerbauth" image="D:\Mail\V15\Bin\kerbauth.dll" />
              {modules}
            </globalModules>
          </system.webServer>
          {locations}
        </configuration>
        """;

    [Fact]
    public void A_healthy_configuration_gives_records_with_what_stands_around_them_and_no_fact()
    {
        CollectingSink read = Read(Host(locations: "<location path=\"Default Web Site/owa\"><system.webServer><security><authentication><basicAuthentication enabled=\"true\" /></authentication></security></system.webServer></location>"));

        Assert.Empty(Facts(read));
        Assert.Empty(read.Report.Located);
        CollectedRecord directory = Assert.Single(read.Records, r => r["PhysicalPath"].Length > 0);
        Assert.Equal(("system.applicationHost/sites/site/application/virtualDirectory", "Default Web Site", "Default Web Site/owa", "/", "MSExchangeOWAAppPool"), (directory["Element"], directory["Site"], directory["Location"], directory["Path"], directory["AppPool"]));
        CollectedRecord identity = Assert.Single(read.Records, r => r["Identity"].Length > 0);
        Assert.Equal(("LocalSystem", "MSExchangeOWAAppPool"), (identity["Identity"], identity["AppPool"]));
        CollectedRecord authentication = Assert.Single(read.Records, r => r["Element"].EndsWith("basicAuthentication", StringComparison.Ordinal));
        Assert.Equal(("system.webServer/security/authentication/basicAuthentication", "Default Web Site/owa", "Default Web Site", "true"), (authentication["Element"], authentication["Location"], authentication["Site"], authentication["Enabled"]));
        Assert.Equal(new LogSource("config", "iis-config", "applicationhost"), directory.Source);
    }

    [Theory]
    [InlineData(@"C:\ProgramData\x\helper.dll", "module-image-outside-system,module-image-writable-place")]
    [InlineData(@"%windir%\System32\inetsrv\..\..\Temp\helper.dll", "module-image-outside-system,module-image-writable-place")]
    [InlineData(@"\\?\C:\Users\Public\helper.dll", "module-image-outside-system,module-image-writable-place")]
    [InlineData(@"\\192.0.2.1\share\helper.dll", "module-image-outside-system,module-image-writable-place")]
    [InlineData("c:/inetpub/wwwroot/helper.dll", "module-image-outside-system,module-image-writable-place")]
    [InlineData(@"C:\Program Files\Vendor\helper.dll", "module-image-outside-system")]
    [InlineData(@"C:\Windows\System32\helper.dll", "module-image-outside-system")]
    [InlineData(@"C:\W&#105;ndows\Temp\helper.dll", "module-image-outside-system,module-image-writable-place")]
    [InlineData(@"%SystemRoot%\system32\inetsrv\rewrite.dll", "")]
    [InlineData(@"D:\Mail\V15\ClientAccess\Owa\auth\exppw.dll", "")]
    public void A_native_module_is_judged_by_where_its_library_really_lies(string image, string facts)
    {
        CollectingSink read = Read(Host($"<add name=\"Helper\" image=\"{image}\" />"));
        Assert.Equal(facts, string.Join(',', Facts(read)));
        Assert.Equal(facts.Length == 0 ? 0 : facts.Split(',').Length, read.Report.Notes.Count);
    }

    [Theory]
    [InlineData(@"C:\ProgramData\COM1\x", "directory-device-name,directory-outside-product,directory-writable-place")]
    [InlineData(@"C:\ProgramData\helper", "directory-outside-product,directory-writable-place")]
    [InlineData(@"C:\Users\All Users\helper", "directory-outside-product,directory-writable-place")]
    [InlineData(@"E:\portal", "directory-outside-product")]
    [InlineData(@"\\192.0.2.1\share", "directory-outside-product")]
    [InlineData(@"D:\Mail\V15\ClientAccess\owa", "")]
    [InlineData(@"%SystemDrive%\inetpub\wwwroot", "")]
    [InlineData(@"D:\Mail\V15\..\..\evil", "directory-outside-product")]
    public void A_virtual_directory_is_judged_by_where_it_leads(string physicalPath, string facts) =>
        Assert.Equal(facts, string.Join(',', Facts(Read(Host(directories: $"<virtualDirectory path=\"/helper\" physicalPath=\"{physicalPath}\" />")))));

    [Theory]
    [InlineData("<handlers><add name=\"a\" path=\"*.x\" verb=\"*\" modules=\"CgiModule\" scriptProcessor=\"C:\\Windows\\System32\\cmd.exe\" /></handlers>", "handler-starts-shell")]
    [InlineData("<handlers><add name=\"a\" path=\"*.x\" verb=\"*\" modules=\"FastCgiModule\" scriptProcessor=\"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe|-File x.ps1\" /></handlers>", "handler-starts-shell")]
    [InlineData("<handlers><add name=\"a\" path=\"*.php\" verb=\"*\" modules=\"FastCgiModule\" scriptProcessor=\"C:\\PHP\\php-cgi.exe\" /></handlers>", "handler-starts-program")]
    [InlineData("<handlers><add name=\"a\" path=\"*.png\" verb=\"*\" type=\"System.Web.UI.PageHandlerFactory\" /></handlers>", "handler-runs-harmless-extension")]
    [InlineData("<handlers><add name=\"a\" path=\"x.ashx\" verb=\"*\" type=\"Helper.Handler, Helper\" /></handlers>", "handler-type-foreign")]
    [InlineData("<handlers><add name=\"a\" path=\"*.aspx\" verb=\"*\" type=\"System.Web.UI.PageHandlerFactory\" /></handlers>", "")]
    [InlineData("<modules runAllManagedModulesForAllRequests=\"true\"><add name=\"a\" type=\"Helper.Module, Helper\" /></modules>", "all-managed-modules-run,module-type-foreign")]
    [InlineData("<aspNetCore processPath=\"cmd.exe\" arguments=\"/c x\" />", "handler-starts-shell")]
    [InlineData("<httpLogging dontLog=\"true\" />", "request-log-off")]
    [InlineData("<rewrite><rules><clear /></rules></rewrite>", "rewrite-rules-cleared")]
    public void Handlers_and_managed_modules_are_judged_by_what_they_run(string inside, string facts)
    {
        CollectingSink read = Read($"<configuration><system.webServer>{inside}</system.webServer></configuration>");
        Assert.Equal(facts, string.Join(',', Facts(read)));
        Assert.Equal(new LogSource("config", "iis-config", "web"), read.Records[0].Source);
    }

    [Theory]
    [InlineData("true", "{UrlDecode:{REQUEST_URI}}", "(?=.*autodiscover)(?=.*powershell)", "AbortRequest", "rewrite-rule-mitigation:proxynotshell")]
    [InlineData("true", "{REQUEST_URI}", "(?=.*autodiscover)(?=.*powershell)", "AbortRequest", "rewrite-rule-bypassable:proxynotshell")]
    [InlineData("true", "{REQUEST_URI}", ".*autodiscover\\.json.*\\@.*Powershell.*", "AbortRequest", "rewrite-rule-bypassable:proxynotshell")]
    [InlineData("false", "{UrlDecode:{REQUEST_URI}}", "(?=.*autodiscover)(?=.*powershell)", "AbortRequest", "rewrite-rule-disabled:proxynotshell")]
    [InlineData("true", "{UrlDecode:{REQUEST_URI}}", "(?=.*autodiscover)(?=.*powershell)", "None", "rewrite-rule-disabled:proxynotshell")]
    [InlineData("true", "{HTTP_COOKIE}", "(.*)X-AnonResource-Backend(.*)", "AbortRequest", "rewrite-rule-mitigation:proxylogon-anonresource")]
    [InlineData("true", "{HTTP_COOKIE}", "(.*)X-BEResource=(.+)/(.+)~(.+)", "AbortRequest", "rewrite-rule-mitigation:proxylogon-beresource")]
    [InlineData("true", "{REQUEST_URI}", "old/(.*)", "Redirect", "")]
    public void A_mitigation_is_known_by_what_it_stops(string enabled, string input, string pattern, string action, string facts)
    {
        CollectingSink read = Read($"""
            <configuration><system.webServer><rewrite><rules>
              <rule name="some name" enabled="{enabled}" stopProcessing="true">
                <match url=".*" />
                <conditions><add input="{input}" pattern="{pattern}" /></conditions>
                <action type="{action}" />
              </rule>
            </rules></rewrite></system.webServer></configuration>
            """);
        CollectedRecord rule = Assert.Single(read.Records);
        Assert.Equal(facts, rule["Fact"]);
        Assert.Equal([".*", pattern], rule.Fields["Pattern"]);
        Assert.Equal((input, action, enabled), (rule["Input"], rule["Action"], rule["Enabled"]));
        Assert.Equal(facts.Length == 0 ? [] : [facts], read.Report.States);
    }

    [Fact]
    public void Keys_in_the_file_are_told_and_keys_that_the_server_makes_are_not()
    {
        Assert.Equal(["machine-key-explicit"], Facts(Read("<configuration><system.web><machineKey validationKey=\"0123456789ABCDEF\" decryptionKey=\"00\" /></system.web></configuration>")));
        Assert.Empty(Facts(Read("<configuration><system.web><machineKey validationKey=\"AutoGenerate,IsolateApps\" /></system.web></configuration>")));
    }

    [Theory]
    [InlineData(@"C:\Program Files\Microsoft\Exchange Server\V15\TransportRoles\agents\Rule\a.dll", "")]
    [InlineData(@"C:\Program Files\Vendor\a.dll", "agent-outside-product")]
    [InlineData(@"C:\Windows\Temp\a.dll", "agent-outside-product,agent-writable-place")]
    [InlineData(@".\a.dll", "agent-outside-product")]
    public void A_transport_agent_is_judged_by_where_its_library_lies(string assembly, string facts)
    {
        CollectingSink read = Read($"<configuration><mexRuntime><agentList><agent name=\"Agent\" baseType=\"B\" classFactory=\"F\" assemblyPath=\"{assembly}\" enabled=\"true\" /></agentList></mexRuntime></configuration>", "agents.config");
        Assert.Equal(facts, string.Join(',', Facts(read)));
        Assert.Equal(("Agent", "B", "F", assembly, "true"), (read.Records[0]["Name"], read.Records[0]["Type"], read.Records[0]["Value"], read.Records[0]["Image"], read.Records[0]["Enabled"]));
    }

    [Fact]
    public void A_file_cut_at_any_byte_gives_a_part_of_what_the_whole_gives()
    {
        string whole = Host("<add name=\"Helper\" image=\"C:\\ProgramData\\helper.dll\" />");
        byte[] bytes = Encoding.UTF8.GetBytes(whole);
        int root = whole.IndexOf("<configuration", StringComparison.Ordinal);
        string[] all = [.. Read(whole).Records.Select(r => r.Line)];
        for (int length = 0; length < bytes.Length; length++)
        {
            var read = new CollectingSink(Fields).Read(new IisConfigReader(IisConfigFormat.ApplicationHost), bytes[..length]);
            Assert.Equal(all[..read.Records.Count], read.Records.Select(r => r.Line));
            Assert.True(length <= root || read.Report.Count(DamageKind.CutOff) > 0 || bytes.AsSpan(length).Trim(" \r\n"u8).IsEmpty, $"cut at {length} was not noticed");
        }
    }

    [Fact]
    public void Healthy_configurations_of_three_versions_show_no_fact()
    {
        int files = 0;
        foreach (string version in (string[])["E15", "E16", "E19"])
        {
            if (SharedEvidence.Read($"22-benign-config/{version}_applicationHost.config") is not { } bytes) continue;
            CollectingSink read = Read(Encoding.UTF8.GetString(bytes), "applicationHost.config");
            Assert.Empty(Facts(read));
            Assert.Empty(read.Report.Located);
            Assert.InRange(read.Records.Count, 300, 700);
            Assert.Equal(["module", "directory", "handler"], new[] { ("module", "globalModules/add"), ("directory", "virtualDirectory"), ("handler", "handlers/add") }.Where(k => read.Records.Any(r => r["Element"].EndsWith(k.Item2, StringComparison.Ordinal))).Select(k => k.Item1));
            files++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{files} configurations read");
        Assert.True(files is 0 or 3, $"{files} files");
    }

    [Theory]
    [InlineData("<html><body>configuration</body></html>")]
    [InlineData("<configuration><startup><supportedRuntime version=\"v4.0\" /></startup></configuration>")]
    [InlineData("<configurations><system.webServer/></configurations>")]
    public void Other_xml_is_left_alone(string text) => Assert.Null(IisConfigFormat.TryRecognise(Encoding.UTF8.GetBytes(text), "a.config"));
}
