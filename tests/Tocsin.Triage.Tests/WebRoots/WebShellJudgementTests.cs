using System.Text;
using Tocsin.Packs.Chain;

namespace Tocsin.Triage.Tests.WebRoots;

/// <summary>Shells are found without a signature, and honest pages are not.</summary>
public sealed class WebShellJudgementTests
{
    static readonly string[] ByPlace = ["upload", "tunnel", "foreign name", "look-alike", "page in aspnet_client"];

    [Fact]
    public void Every_made_shell_is_found_whatever_its_family_language_and_way_to_hide()
    {
        var shells = new MadeShells(20210303);
        var missed = new List<string>();
        var families = new HashSet<string>(StringComparer.Ordinal);
        var different = new HashSet<string>(StringComparer.Ordinal);
        for (int number = 0; number < 1000; number++)
        {
            (string family, string path, byte[] bytes) = shells.Next(number);
            families.Add(family);
            different.Add(path + Convert.ToBase64String(bytes));
            (string[] rules, Stage stage, string text) = PageJudge.Of(path, bytes);

            // Where the folder or the name alone would tell, the code must tell too.
            if (!Array.Exists(ByPlace, family.Equals)) stage = (Stage)Math.Min((int)stage, (int)PageJudge.Of(@"C:\inetpub\wwwroot\" + path[(path.LastIndexOf('\\') + 1)..], bytes).Stage);
            if (stage < Stage.Implanted) missed.Add($"{family}: {path}\n{Encoding.UTF8.GetString(bytes)}\nrules: {string.Join(", ", rules)}\n{text}\n");
        }

        Assert.True(missed.Count == 0, $"{missed.Count} of 1000 were missed:\n{string.Join("\n", missed.DistinctBy(m => m.Split(':')[0]).Take(12))}");
        Assert.Equal(25, families.Count);
        Assert.True(different.Count >= 800, $"Only {different.Count} were different.");
    }

    [Fact]
    public void No_made_page_of_the_products_shape_or_of_an_ordinary_site_is_found()
    {
        var found = new List<string>();
        foreach ((string path, string page) in MadePages.All)
        {
            (string[] rules, Stage stage, string text) = PageJudge.Of(path, Encoding.UTF8.GetBytes(page));
            if (rules.Length > 0) found.Add($"{path}: {stage}, {string.Join(", ", rules)}\n{text}\n");
        }

        Assert.True(found.Count == 0, string.Join("\n", found));
        Assert.True(MadePages.All.Count >= 70, $"Only {MadePages.All.Count} pages were looked at.");
        Assert.Equal(MadePages.All.Count, MadePages.All.Distinct().Count());
    }

    [Fact]
    public void A_finding_lists_every_fact_with_its_line()
    {
        (_, _, string text) = PageJudge.Of(@"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa\auth\0utlookCN.aspx", Encoding.UTF8.GetBytes("<script language=\"JScript\" runat=\"server\">\r\nfunction Page_Load(){\r\neval(Request[\"made\"],\"un\"+\"safe\");}</script>"));
        foreach (string wanted in (string[])["line 3: request-reaches-eval: what the visitor sent is run as code: eval(Request[\"made\"]", "line 3: split-keyword", "line 1: server-script", "name-not-of-product", "name-like-product"]) Assert.Contains(wanted, text);
    }

    // The two shells of public reports, rebuilt: the page of the laboratory's run, and the value that was put into a virtual directory.
    [Theory]
    [InlineData(@"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa\auth\ohyeah.aspx", "http://f/<script language=\"JScript\" runat=\"server\">function Page_Load(){eval(Request[\"made\"],\"unsafe\");}</script>")]
    [InlineData(@"C:\inetpub\wwwroot\aspnet_client\supp0rt.aspx", "ExternalUrl : http://g/<script language=\"JScript\" runat=\"server\">function Page_Load(){eval(Request[\"made\"],\"un\"+\"safe\");}</script>")]
    public void The_two_shells_of_public_reports_are_found(string path, string page) => Assert.Contains("page-request-run", PageJudge.Of(path, Encoding.UTF8.GetBytes(page)).Rules);
}
