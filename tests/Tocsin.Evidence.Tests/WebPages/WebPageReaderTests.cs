using System.Text;
using Tocsin.Evidence.Tests.Support;
using Tocsin.Evidence.WebPages;

namespace Tocsin.Evidence.Tests.WebPages;

/// <summary>What single pages give. All are made: they name functions that exist nowhere, or do nothing.</summary>
public sealed class WebPageReaderTests
{
    static readonly string[] Fields = ["Path", "Name", "Extension", "Place", "Kind", "Language", "Fact", "Virtual", "Length", "Modified", "SourceGone"];

    static CollectedRecord Read(string path, string page) => Read(path, Encoding.UTF8.GetBytes(page));

    static CollectedRecord Read(string path, byte[] page, DateTime modified = default)
    {
        var sink = new CollectingSink(Fields).Read(WebPageFormat.TryRecognise(path, page, modified)!, page);
        return Assert.Single(sink.Records);
    }

    static string[] Facts(string page, string path = @"C:\inetpub\wwwroot\made.aspx") => [.. Read(path, page).Fields.GetValueOrDefault("Fact") ?? []];

    [Theory]
    [InlineData(@"C:\inetpub\wwwroot\a.aspx", true)]
    [InlineData(@"C:\inetpub\wwwroot\A.ASHX", true)]
    [InlineData("c.zip!/inetpub/wwwroot/a.cer", true)]
    [InlineData(@"C:\inetpub\wwwroot\a.asp;.jpg", true)]
    [InlineData(@"C:\inetpub\wwwroot\a.aspx.", true)]
    [InlineData(@"C:\inetpub\wwwroot\a.aspx.jpg", true)]
    [InlineData(@"C:\inetpub\wwwroot\a.aspx.bak", false)]
    [InlineData(@"C:\inetpub\wwwroot\a.html", false)]
    [InlineData(@"C:\inetpub\wwwroot\a.js", false)]
    [InlineData(@"C:\inetpub\logs\u_ex210303.log", false)]
    public void The_name_says_what_a_server_executes(string path, bool executed) => Assert.Equal(executed, WebPageFormat.TryRecognise(path, "x"u8) is not null);

    [Theory]
    [InlineData(@"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa\auth\a.aspx", "owa-auth")]
    [InlineData(@"D:\Exchange\ClientAccess\ecp\auth\a.aspx", "ecp-auth")]
    [InlineData("/owa/auth/a.aspx", "owa-auth")]
    [InlineData(@"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa\auth\Current\themes\resources\a.aspx", "static")]
    [InlineData(@"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\OAB\a.aspx", "oab")]
    [InlineData(@"C:\Program Files\Microsoft\Exchange Server\V15\ClientAccess\OAB\a.aspx", "oab")]
    [InlineData(@"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\rpc\a.aspx", "exchange-front-end")]
    [InlineData(@"C:\Program Files\Microsoft\Exchange Server\V15\ClientAccess\PowerShell\a.aspx", "exchange-back-end")]
    [InlineData(@"C:\inetpub\wwwroot\aspnet_client\system_web\a.aspx", "aspnet-client")]
    [InlineData(@"C:\inetpub\wwwroot\a.aspx", "web-root")]
    [InlineData(@"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\Temporary ASP.NET Files\root\a\b\App_Web_x.dll", "temporary-aspnet")]
    [InlineData(@"C:\Temp\a.aspx", "elsewhere")]
    public void The_place_is_told_by_the_folders(string path, string place) => Assert.Equal(place, PagePlaces.Of(path));

    [Theory]
    [InlineData("owa/auth/logon.aspx", "name-of-product")]
    [InlineData("owa/auth/errorFF.aspx", "name-like-product")]
    [InlineData("owa/auth/OutlookEN.aspx", "name-like-product")]
    [InlineData("owa/auth/0utlookCN.aspx", "name-like-product")]
    [InlineData("owa/auth/RedirSuiteServerProxy.aspx", "name-like-product")]
    [InlineData("owa/auth/TimeoutLogout.aspx", "name-like-product")]
    [InlineData("ecp/auth/TimeoutLogout.aspx", "name-of-product")]
    [InlineData("HttpProxy/owa/auth/error.aspx", "name-not-of-product")]
    [InlineData("ClientAccess/owa/auth/error.aspx", "name-of-product")]
    [InlineData("owa/auth/8Lw7tAhF9i1pJnRo.aspx", "name-random")]
    [InlineData("owa/auth/pxh4HG1v.ashx", "name-random")]
    public void The_name_is_held_against_those_of_Exchange(string path, string fact) => Assert.Contains(fact, Facts("made", path));

    [Fact]
    public void A_name_in_ecp_that_published_lists_contradict_each_other_about_is_neither()
    {
        string[] facts = Facts("made", "ecp/auth/TimeoutLogoff.aspx");
        Assert.DoesNotContain(PageFacts.NameNotOfProduct, facts);
        Assert.DoesNotContain(PageFacts.NameOfProduct, facts);
    }

    [Theory]
    [InlineData("<%@ Page Language=\"JScript\" %><% eval(Request.Item[\"a\"], \"un\"+\"safe\") %>", "request-reaches-eval", "split-keyword")]
    [InlineData("<%@ Page Language=\"JScript\" %><% \\u0065val(Request[\"a\"]) %>", "request-reaches-eval", "escaped-identifier")]
    [InlineData("<%@ Page Language=\"JScript\" %><% e/*made*/val(Request[\"a\"]) %>", "request-reaches-eval", "comment-inside-token")]
    [InlineData("<%@ Page Language=\"JScript\" %><% this[String.fromCharCode(101,118,97,108)](Request[\"a\"]) %>", "request-reaches-eval", "char-codes")]
    [InlineData("<%@ Page Language=\"JScript\" %><% this['l'+'av'+'e'.split('').reverse().join('')](1); var k='lave'.split('').reverse().join(''); this[k](Request['a']) %>", "request-reaches-eval", "reversed-text")]
    [InlineData("<%@ Page Language=\"JScript\" %><% this['e@v@al'.Replace('@','')](Request['a']) %>", "request-reaches-eval", "replaced-text")]
    [InlineData("<%@ Page Language=\"JScript\" %><% eval(System.Text.Encoding.GetEncoding(65001).GetString(System.Convert.FromBase64String(\"ZXZhbChSZXF1ZXN0Lkl0ZW1bIm1hZGUiXSwidW5zYWZlIik7\")),\"unsafe\") %>", "request-reaches-eval", "encoded-constant")]
    [InlineData("<script language=VB runat=server>Sub Page_Load()\nDim c = Request(\"a\")\nShell(\"made \" & c)\nEnd Sub</script>", "request-reaches-process", "server-script")]
    [InlineData("<%@ Page Language=\"C#\" %><% var t = Type.GetType(\"System.Diagnostics.Pro\" + \"cess\"); t.GetMethod(\"Start\", new[]{typeof(string)}).Invoke(null, new object[]{Request[\"a\"]}); %>", "request-reaches-process", "split-keyword")]
    [InlineData("<%@ Page Language=\"C#\" %><% Process.Start(new ProcessStartInfo { FileName = \"made\", Arguments = $\"/c {Request[\"a\"]}\" }); %>", "request-reaches-process", "reads-request")]
    [InlineData("<%@ Page Language=\"C#\" %><% Session[\"p\"] = typeof(System.Reflection.Assembly).GetMethod(\"Load\", new[]{typeof(byte[])}).Invoke(null, new object[]{Convert.FromBase64String(Request[\"a\"])}); %>", "request-reaches-code-load", "reads-request")]
    [InlineData("<%@ Page Language=\"C#\" %><% byte[] b = new byte[9]; Request.InputStream.Read(b, 0, 9); byte[] k = new byte[9]; Array.Copy(b, k, 9); System.Reflection.Assembly.Load(k); %>", "request-reaches-code-load", "loads-code")]
    [InlineData("<%@ Page Language=\"C#\" %><script runat=server>string Get(string n) { return Request.Form[n]; } void Page_Load() { Go(Get(\"a\")); } void Go(string x) { new System.Diagnostics.Process { StartInfo = new ProcessStartInfo(x) }.Start(); }</script>", "request-reaches-process", "starts-process")]
    [InlineData("<%@ Page Language=\"C#\" %><% System.IO.File.WriteAllBytes(Request[\"f\"], Convert.FromBase64String(Request[\"c\"])); %>", "request-names-written-file", "request-reaches-file-write")]
    [InlineData("<%@ Page Language=\"C#\" %><% new System.Web.UI.LosFormatter().Deserialize(Request[\"a\"]); %>", "request-reaches-deserializer", "reads-request")]
    [InlineData("<%@ Page Language=\"C#\" %><% new System.Net.WebClient().DownloadString(Request[\"u\"]); %>", "request-reaches-network", "reads-request")]
    public void What_the_visitor_sends_is_followed_to_where_it_does_harm(string page, string fact, string another)
    {
        string[] facts = Facts(page);
        Assert.Contains(fact, facts);
        Assert.Contains(another, facts);
    }

    [Theory]
    [InlineData("<%@ Page Language=\"C#\" %><%# Eval(\"Name\") %>")]
    [InlineData("<%@ Page Language=\"C#\" %><% Response.Write(Request[\"a\"]); // eval(Request[\"a\"]) %>")]
    [InlineData("<%-- <% eval(Request[\"a\"]) %> --%>")]
    [InlineData("<script>eval(Request['a'])</script>")]
    [InlineData("<%@ Page Language=\"C#\" %><% int id = int.Parse(Request[\"id\"]); System.Diagnostics.Process.GetProcessById(id); %>")]
    [InlineData("<%@ Page Language=\"C#\" %><% Process(Request[\"a\"]); %><script runat=server>void Process(string a) { Response.Write(a); }</script>")]
    [InlineData("<%@ Page Language=\"C#\" %><script runat=server>void A() { var path = Request[\"a\"]; Show(path); } void Show(string s) {} void B() { var path = \"x\"; System.Diagnostics.Process.Start(path); }</script>")]
    public void What_only_looks_like_it_is_no_flow(string page) => Assert.DoesNotContain(Facts(page), f => f.StartsWith("request-reaches-", StringComparison.Ordinal));

    [Fact]
    public void Each_fact_can_be_found_by_its_line_and_offset()
    {
        const string Page = "<%@ Page Language=\"JScript\" %>\r\n<p>é</p>\r\n<% var a = 1;\r\neval(Request[\"made\"]); %>";
        CollectedRecord record = Read("wwwroot/a.aspx", Page);
        Assert.Equal(4, record.Position.Line);
        Assert.StartsWith("eval(Request", Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(Page)[(int)record.Position.Offset..]));
    }

    [Fact]
    public void A_compiled_page_names_the_page_and_what_it_calls()
    {
        byte[] program = MadeProgram.Of(["System.Web.HttpRequest::get_Item", "Microsoft.JScript.Eval::JScriptEvaluate"], ["~/auth/made.aspx", "made"]);
        CollectedRecord record = Read(@"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\Temporary ASP.NET Files\owa\8e05b027\e164d61b\App_Web_abcdefgh.dll", program);
        Assert.Equal("/owa/auth/made.aspx", record["Virtual"]);
        Assert.Equal("owa-auth", record["Place"]);
        Assert.Equal(["compiled", "name-not-of-product", "compiled-request-with-eval", "evaluates-code", "reads-request"], record.Fields["Fact"]);
        Assert.DoesNotContain("compiled-request-with-process", Read("App_Web_a.dll", MadeProgram.Of(["System.Web.HttpRequest::get_Item"], [])).Fields["Fact"]);
    }

    [Theory]
    [InlineData("tests/fires/page-compiled-shell/App_Web_made.dll", "Microsoft.JScript.Eval::JScriptEvaluate")]
    [InlineData("tests/quiet/page-compiled-shell/App_Web_made.dll", "System.Web.HttpResponse::Write")]
    public void The_compiled_pages_among_the_packs_samples_are_those_that_are_built_here(string sample, string call)
    {
        string path = Path.Combine(Root(), "packs", "shared", "web-shells", sample);
        byte[] built = MadeProgram.Of(["System.Web.HttpRequest::get_Item", call], ["~/made.aspx"]);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, built);
        }

        Assert.Equal(built, File.ReadAllBytes(path));
    }

    static string Root()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Tocsin.slnx"))) root = Path.GetDirectoryName(root)!;
        return root;
    }

    [Fact]
    public void A_compiled_page_that_is_cut_anywhere_gives_a_record_and_no_exception()
    {
        byte[] program = MadeProgram.Of(["System.Web.HttpRequest::get_Item", "System.Diagnostics.Process::Start"], ["~/made.aspx"]);
        for (int length = 2; length < program.Length; length++) Assert.Equal("compiled-program", Read("App_Web_a.dll", program[..length])["Kind"]);
        var random = new Random(20210303);
        for (int run = 0; run < 2000; run++)
        {
            byte[] damaged = [.. program];
            for (int i = 0; i < 8; i++) damaged[random.Next(2, damaged.Length)] = (byte)random.Next(256);
            Assert.Equal("compiled-program", Read("App_Web_a.dll", damaged)["Kind"]);
        }
    }

    [Fact]
    public void A_note_of_a_compiled_page_names_the_page()
    {
        CollectedRecord record = Read("made.aspx.cdcab7d2.compiled", "<?xml version=\"1.0\"?><preserve resultType=\"3\" virtualPath=\"/aspnet_client/made.aspx\"><filedeps><filedep name=\"/aspnet_client/made.aspx\" /></filedeps>");
        Assert.Equal("/aspnet_client/made.aspx", record["Virtual"]);
        Assert.Equal("aspnet-client", record["Place"]);
    }

    [Theory]
    [InlineData("<%(")]
    [InlineData("<% a(")]
    [InlineData("<% a=(\"b\"+")]
    [InlineData("<% if(a){")]
    [InlineData("<% x.y")]
    [InlineData("<% $\"{$\"{")]
    [InlineData("<% /[")]
    [InlineData("<% \\u0065")]
    [InlineData("<script runat=server>a.")]
    [InlineData("<a runat=\"")]
    [InlineData("<% new X{")]
    [InlineData("<% \"a\"+\"b\"+")]
    [InlineData("<% function f(a){return f(f(")]
    public void A_page_of_a_megabyte_of_one_thing_takes_no_long_time(string piece)
    {
        string page = "<%@ Page Language=\"JScript\" %>" + string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Read("wwwroot/a.aspx", page);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"{clock.Elapsed.TotalSeconds:0.0} s");
    }

    [Fact]
    public void Every_fact_and_place_stands_in_the_document_and_no_other()
    {
        string[] rows = [.. File.ReadAllLines(Path.Combine(Root(), "docs", "formats", "web-page-facts.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Split('`')[1])];
        Assert.Equal([.. PageFacts.All.Select(f => f.Fact).Concat(PagePlaces.All).Order(StringComparer.Ordinal)], rows.Order(StringComparer.Ordinal));
        Assert.Equal(PageFacts.All.Count, PageFacts.All.Select(f => f.Fact).Distinct().Count());
    }
}
