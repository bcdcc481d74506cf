using System.Security.Cryptography;
using System.Text;
using Tocsin.Triage.Baselines;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.WebRoots;

/// <summary>What a page's surroundings add, from a folder on disk to the report. All pages are made and do not run.</summary>
public sealed class WebRootReviewTests : IDisposable
{
    const string Auth = "C/Program Files/Microsoft/Exchange Server/V15/FrontEnd/HttpProxy/owa/auth/";
    const string BackEnd = "C/Program Files/Microsoft/Exchange Server/V15/ClientAccess/owa/auth/";
    const string Product = "<%@ Page Language=\"C#\" Inherits=\"Microsoft.Exchange.HttpProxy.MadeShape\" %><%=Title %>";
    const string Shell = "<%@ Inert %><script language=\"JScript\" runat=\"server\">function Page_Load(){eval(Request[\"made\"],\"un\"+\"safe\");}</script>";

    static readonly DateTime Update = new(2020, 9, 15, 10, 0, 0, DateTimeKind.Utc);
    static readonly DateTime Attack = new(2021, 3, 3, 4, 5, 6, DateTimeKind.Utc);

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    void Write(string name, string content, DateTime changed)
    {
        _folder.Write(name, Encoding.UTF8.GetBytes(content));
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, name), changed);
    }

    void WriteProduct()
    {
        foreach (string name in (string[])["logon", "logoff", "signout", "errorFE", "expiredpassword"]) Write($"{Auth}{name}.aspx", $"{Product}<!-- {name} -->", Update);
    }

    ScanReport Scan(KnownFiles? known = null) => Scanner.Scan(new ScanOptions { Paths = [_folder.Path], Packs = Support.Evidence.Packs, Known = known ?? KnownFiles.None });

    sealed class One(string sha256) : KnownFiles
    {
        public override bool HasOldHashes => false;

        public override string? Find(string? hash) => sha256.Equals(hash, StringComparison.OrdinalIgnoreCase) ? "a made page" : null;

        public override string? FindOld(ReadOnlySpan<byte> hash) => null;
    }

    static string[] Texts(ScanReport report) =>
        [.. report.Servers.SelectMany(s => s.Waves).SelectMany(w => w.Findings).SelectMany(f => f.Evidence).Select(e => e.Text).Where(t => !t.StartsWith("YARA rule", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];

    [Fact]
    public void A_shell_among_the_products_pages_makes_the_server_compromised_by_the_wave_of_its_time()
    {
        WriteProduct();
        Write(Auth + "0utlookCN.aspx", Shell, Attack);
        ScanReport report = Scan();
        Assert.Equal(("compromised", "implanted"), Support.Evidence.Of(report, "proxylogon"));
        Assert.Equal("none", Support.Evidence.Of(report, "proxyshell").Stage);
        string text = Assert.Single(Texts(report));
        foreach (string fact in (string[])["request-reaches-eval", "split-keyword", "name-like-product", "newer-than-neighbours", "newer-than-update", "within-wave", "changed 2021-03-03 04:05:06 UTC"]) Assert.Contains(fact, text);
        Assert.Equal(6, report.Servers.SelectMany(s => s.Artifacts).Count(a => a.Kind == "web-page"));
    }

    [Fact]
    public void The_products_pages_alone_are_no_finding()
    {
        WriteProduct();
        ScanReport report = Scan();
        Assert.Empty(Texts(report));
        Assert.All(report.Servers.SelectMany(s => s.Waves), w => Assert.Equal(Verdicts.Verdict.CannotTell, w.Verdict));
    }

    [Fact]
    public void A_shell_whose_time_was_set_back_before_all_waves_is_reported_all_the_same()
    {
        Write(Auth + "bob.aspx", Shell, new DateTime(2016, 7, 16, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(("compromised", "implanted"), Support.Evidence.Of(Scan(), "proxylogon"));
    }

    [Fact]
    public void One_shell_in_two_folders_is_found_in_both()
    {
        Write(Auth + "bob.aspx", Shell, Attack);
        Write("C/inetpub/wwwroot/aspnet_client/bob.aspx", Shell, Attack);
        Assert.Equal(2, Texts(Scan()).Length);
    }

    [Fact]
    public void A_known_good_file_is_not_judged()
    {
        Write(Auth + "addon.aspx", "<% Response.Write(1); %>", Attack);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("<% Response.Write(1); %>")));
        Assert.Single(Texts(Scan()));
        Assert.Empty(Texts(Scan(new One(hash))));
    }

    [Theory]
    [InlineData("/aspnet_client/bob.aspx", "C/inetpub/wwwroot/iisstart.htm", "", true)]
    [InlineData("/aspnet_client/bob.aspx", "C/inetpub/logs/u_ex.txt", "", false)]
    [InlineData("/aspnet_client/bob.aspx", "C/inetpub/wwwroot/aspnet_client/bob.aspx", "", false)]
    [InlineData("/owa/auth/bob.aspx", Auth + "logon.aspx", BackEnd + "error.aspx", true)]
    [InlineData("/owa/auth/bob.aspx", Auth + "logon.aspx", "", false)]
    public void A_compiled_page_is_gone_only_where_its_folder_was_collected(string page, string collected, string too, bool gone)
    {
        Write("C/Windows/Microsoft.NET/Framework64/v4.0.30319/Temporary ASP.NET Files/root/a/b/bob.aspx.cdcab7d2.compiled", $"<?xml version=\"1.0\"?><preserve resultType=\"3\" virtualPath=\"{page}\" />", Attack);
        Write(collected, Product, Update);
        if (too.Length > 0) Write(too, Product + " ", Update);
        string text = Texts(Scan()).First(t => t.Contains("made from", StringComparison.Ordinal));
        Assert.Equal(gone, text.Contains("compiled-page-gone", StringComparison.Ordinal));
        Assert.Contains("made from " + page, text);
    }
}
