namespace Tocsin.Triage.Tests.WebRoots;

/// <summary>
/// Pages that are no web shells. All are made: in the shape of Exchange's own pages, which are not here, and in the style of ordinary
/// ASP.NET sites; with the words in them that a search for words would take for a shell.
/// </summary>
static class MadePages
{
    const string FrontEnd = @"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\";
    const string BackEnd = @"C:\Program Files\Microsoft\Exchange Server\V15\ClientAccess\";
    const string Site = @"C:\inetpub\wwwroot\";

    static readonly (string Path, string Page)[] Plain =
    [
        // Shapes of the product's pages.
        .. new[] { "logon", "logoff", "signout", "expiredpassword", "frowny", "errorFE", "OutlookCN", "RedirSuiteServiceProxy", "svmfeedback" }.SelectMany(n => Product(FrontEnd + $@"owa\auth\{n}.aspx")),
        .. new[] { "error", "error2", "expiredpassword", "logoff", "signout" }.SelectMany(n => Product(BackEnd + $@"owa\auth\{n}.aspx")),
        .. Product(FrontEnd + @"ecp\auth\TimeoutLogout.aspx"),
        (BackEnd + @"owa\default.aspx", "<%@ Page Language=\"C#\" Inherits=\"Microsoft.Exchange.Clients.Owa2.Server.Web.DefaultPage\" %><% if (this.IsMowaClient) { %><meta name=\"x\" /><% } %><script>var scripts = <%= GetScripts() %>; eval(scripts);</script>"),
        (BackEnd + @"ecp\default.aspx", "<%@ Page Language=\"C#\" AutoEventWireup=\"true\" MasterPageFile=\"~/Main.Master\" CodeBehind=\"Default.aspx.cs\" Inherits=\"Microsoft.Exchange.Management.ControlPanel.DefaultPage\" %><%@ Register TagPrefix=\"ecp\" Assembly=\"Microsoft.Exchange.Management.ControlPanel\" Namespace=\"Microsoft.Exchange.Management.ControlPanel\" %><ecp:NavigationBar id=\"nav\" runat=\"server\" />"),
        (BackEnd + @"ecp\Error.aspx", "<%@ Page Language=\"C#\" Inherits=\"Microsoft.Exchange.Management.ControlPanel.ErrorPage\" %><pre><%= HttpUtility.HtmlEncode(Request.Params[\"msg\"]) %></pre>"),
        (BackEnd + @"exchweb\ews\exchange.asmx", "<%@ WebService Language=\"C#\" Class=\"Microsoft.Exchange.Services.Wcf.EWSService\" %>"),
        (BackEnd + @"ecp\DDI\DDIService.svc", "<%@ ServiceHost Factory=\"Microsoft.Exchange.Management.DDIService.DDIServiceHostFactory\" Service=\"Microsoft.Exchange.Management.DDIService.DDIService\" %>"),
        (FrontEnd + @"rpc\global.asax", "<%@ Application Inherits=\"Microsoft.Exchange.HttpProxy.ProxyApplication\" Language=\"C#\" %>"),
        (FrontEnd + @"owa\auth\Current\themes\resources\readme.aspx", "<html>styles and pictures of the logon page; no server code</html>"),

        // C#.
        (Site + "default.aspx", "<%@ Page Language=\"C#\" %><% Response.Redirect(\"/owa/\"); %>"),
        (Site + "login.aspx", "<%@ Page Language=\"C#\" %><script runat=\"server\">void Go(object s, EventArgs e) { if (System.Web.Security.FormsAuthentication.Authenticate(user.Text, password.Text)) System.Web.Security.FormsAuthentication.RedirectFromLoginPage(user.Text, false); else message.Text = \"Wrong name or password\"; }</script><form runat=\"server\"><asp:TextBox id=\"user\" runat=\"server\"/><asp:TextBox id=\"password\" TextMode=\"Password\" runat=\"server\"/><asp:Label id=\"message\" runat=\"server\"/></form>"),
        (Site + "contact.aspx", "<%@ Page Language=\"C#\" %><% if (Request.Form[\"text\"] != null) { var m = new System.Net.Mail.MailMessage(\"web@example.com\", \"office@example.com\", \"Question of \" + Request.Form[\"name\"], Request.Form[\"text\"]); new System.Net.Mail.SmtpClient(\"localhost\").Send(m); } %>"),
        (Site + "orders.aspx", "<%@ Page Language=\"C#\" %><script runat=\"server\">void Page_Load() { using (var c = new System.Data.SqlClient.SqlConnection(\"server=.\")) { var q = new System.Data.SqlClient.SqlCommand(\"select * from orders where id = @id\", c); q.Parameters.AddWithValue(\"@id\", Request.QueryString[\"id\"]); c.Open(); grid.DataSource = q.ExecuteReader(); grid.DataBind(); } }</script><asp:GridView id=\"grid\" runat=\"server\" />"),
        (Site + "search.aspx", "<%@ Page Language=\"C#\" %><% var q = new System.Data.OleDb.OleDbCommand(\"select title from pages where text like '%\" + Request[\"q\"] + \"%'\"); %><p>A bad page, and no shell.</p>"),
        (Site + "culture.aspx", "<%@ Page Language=\"C#\" %><script runat=\"server\">protected override void InitializeCulture() { var c = Request.Cookies[\"lang\"]; if (c != null) UICulture = c.Value; base.InitializeCulture(); }</script>"),
        (Site + "download.ashx", "<%@ WebHandler Language=\"C#\" Class=\"Download\" %>\r\nusing System.Web;\r\npublic class Download : IHttpHandler { public void ProcessRequest(HttpContext context) { int id = int.Parse(context.Request.QueryString[\"id\"]); context.Response.TransmitFile(Catalogue.FileOf(id)); } public bool IsReusable { get { return true; } } }"),
        (Site + "thumbnail.ashx", "<%@ WebHandler Language=\"C#\" Class=\"Thumb\" %>\r\nusing System.Web; using System.Drawing;\r\npublic class Thumb : IHttpHandler { public void ProcessRequest(HttpContext context) { var name = System.IO.Path.GetFileName(context.Request[\"name\"]); using (var image = Image.FromFile(context.Server.MapPath(\"~/photos/\" + name))) image.Save(context.Response.OutputStream, System.Drawing.Imaging.ImageFormat.Png); } public bool IsReusable { get { return true; } } }"),
        (Site + @"photos\upload.aspx", "<%@ Page Language=\"C#\" %><script runat=\"server\">void Send(object s, EventArgs e) { if (photo.HasFile && photo.PostedFile.ContentType == \"image/jpeg\") photo.SaveAs(Server.MapPath(\"~/photos/\") + Guid.NewGuid() + \".jpg\"); }</script><form runat=\"server\"><asp:FileUpload id=\"photo\" runat=\"server\"/></form>"),
        (Site + "guestbook.aspx", "<%@ Page Language=\"C#\" %><% using (var w = new System.IO.StreamWriter(Server.MapPath(\"~/App_Data/book.txt\"), true)) { w.WriteLine(HttpUtility.HtmlEncode(Request.Form[\"entry\"])); } %>"),
        (Site + "health.aspx", "<%@ Page Language=\"C#\" %><%@ Import Namespace=\"System.Diagnostics\" %><% var process = Process.GetCurrentProcess(); %><p>Memory <%= process.WorkingSet64 %>, threads <%= process.Threads.Count %></p>"),
        (Site + "weather.aspx", "<%@ Page Language=\"C#\" %><% var answer = new System.Net.WebClient().DownloadString(\"https://weather.example.com/today\"); Response.Write(HttpUtility.HtmlEncode(answer)); %>"),
        (Site + "titles.aspx", "<%@ Page Language=\"C#\" %><asp:Repeater id=\"r\" runat=\"server\"><ItemTemplate><%# Eval(\"Title\") %> <%# DataBinder.Eval(Container.DataItem, \"Author\", \"{0}\") %> <%# Eval(Request.QueryString[\"column\"]) %></ItemTemplate></asp:Repeater>"),
        (Site + "api.asmx", "<%@ WebService Language=\"C#\" Class=\"Api\" %>\r\nusing System.Web.Services;\r\npublic class Api : WebService { [WebMethod] public string Process(string command) { return command.ToUpper(); } [WebMethod] public int Execute(int id) { return id; } }"),
        (Site + "global.asax", "<%@ Application Language=\"C#\" %><script runat=\"server\">void Application_Start(object s, EventArgs e) { System.IO.File.AppendAllText(Server.MapPath(\"~/App_Data/start.txt\"), DateTime.Now.ToString()); } void Application_Error(object s, EventArgs e) { var x = Server.GetLastError(); }</script>"),
        (Site + "site.master", "<%@ Master Language=\"C#\" CodeBehind=\"Site.master.cs\" Inherits=\"Example.SiteMaster\" %><html><body><asp:ContentPlaceHolder id=\"main\" runat=\"server\" /><%: DateTime.Now.Year %></body></html>"),
        (Site + "menu.ascx", "<%@ Control Language=\"C#\" %><% foreach (var item in Menu) { %><a href=\"<%= item.Url %>\"><%: item.Title %></a><% } %>"),
        (Site + "logo.aspx", "<%@ Page Language=\"C#\" %><% Response.BinaryWrite(Convert.FromBase64String(\"" + Base64() + "\")); %>"),
        (Site + "plugins.aspx", "<%@ Page Language=\"C#\" %><script runat=\"server\">void Page_Load() { foreach (var file in System.IO.Directory.GetFiles(Server.MapPath(\"~/plugins\"), \"*.dll\")) { var a = System.Reflection.Assembly.LoadFrom(file); list.Text += a.FullName; } }</script><asp:Label id=\"list\" runat=\"server\"/>"),
        (Site + "backup.aspx", "<%@ Page Language=\"C#\" %><% if (User.IsInRole(\"Operators\")) { System.Diagnostics.Process.Start(@\"C:\\Tools\\backup.exe\", \"/nightly\"); } %>"),
        (Site + "feed.aspx", "<%@ Page Language=\"C#\" ContentType=\"text/xml\" %><% var doc = new System.Xml.XmlDocument(); doc.Load(Server.MapPath(\"~/App_Data/feed.xml\")); doc.Save(Response.OutputStream); %>"),
        (Site + "import.aspx", "<%@ Page Language=\"C#\" %><% var doc = new System.Xml.XmlDocument(); doc.Load(Request.InputStream); var body = new System.IO.StreamReader(Request.InputStream).ReadToEnd(); Response.Write(doc.DocumentElement.Name); %>"),
        (Site + "json.ashx", "<%@ WebHandler Language=\"C#\" Class=\"J\" %>\r\nusing System.Web;\r\npublic class J : IHttpHandler { public void ProcessRequest(HttpContext context) { var s = new System.Web.Script.Serialization.JavaScriptSerializer(); var o = s.Deserialize<Order>(context.Request[\"order\"]); context.Response.Write(s.Serialize(o)); } public bool IsReusable { get { return true; } } }"),
        (Site + "print.aspx", "<%@ Page Language=\"C#\" %><% string command = Request[\"command\"]; switch (command) { case \"cmd\": Label(\"Command prompt\"); break; case \"eval\": Label(\"Evaluation\"); break; } %>"),
        (Site + "session.aspx", "<%@ Page Language=\"C#\" %><% Session[\"user\"] = Request.Form[\"user\"]; Session[\"last\"] = Request.UrlReferrer; Response.Redirect(\"home.aspx?u=\" + Server.UrlEncode(Request.Form[\"user\"])); %>"),
        (Site + "export.aspx", "<%@ Page Language=\"C#\" %><% Response.AddHeader(\"Content-Disposition\", \"attachment; filename=\" + Request[\"name\"]); using (var w = new System.IO.StreamWriter(Response.OutputStream)) { w.Write(\"a;b;\" + Request[\"name\"]); } %>"),
        (Site + "picture.aspx", "<%@ Page Language=\"C#\" %><% Response.ContentType = \"image/gif\"; Response.Write(\"GIF89a\"); %>"),
        (Site + "help.aspx", "<%@ Page Language=\"C#\" %><p>Set ExternalUrl : as below. Never run cmd.exe /c or powershell here. <%= Server.HtmlEncode(Request[\"topic\"]) %></p><script>eval(location.hash.substring(1)); var Request = {}; Request[\"a\"] = unescape('%65');</script>"),

        // VB.NET.
        (Site + "calendar.aspx", "<%@ Page Language=\"VB\" %><script runat=\"server\">\r\n' shell of the calendar: Request(\"x\") is executed nowhere\r\nSub Page_Load(ByVal s As Object, ByVal e As EventArgs)\r\nDim day As Date = CDate(Request.QueryString(\"day\"))\r\ncal.SelectedDate = day\r\nEnd Sub\r\n</script><asp:Calendar id=\"cal\" runat=\"server\"/>"),
        (Site + "survey.aspx", "<%@ Page Language=\"VB\" %><script runat=\"server\">\r\nSub Send(s As Object, e As EventArgs)\r\nDim total As Integer = CInt(a.Text) + CInt(b.Text)\r\nanswer.Text = \"Total: \" & total\r\nEnd Sub\r\n</script><asp:TextBox id=\"a\" runat=\"server\"/><asp:TextBox id=\"b\" runat=\"server\"/><asp:Label id=\"answer\" runat=\"server\"/>"),

        // Classic ASP.
        (Site + "news.asp", "<%@ LANGUAGE=\"VBSCRIPT\" CODEPAGE=\"1252\" %>\r\n<!-- #include file=\"top.inc\" -->\r\n<%\r\nSet conn = Server.CreateObject(\"ADODB.Connection\")\r\nconn.Open Application(\"dsn\")\r\nSet rs = conn.Execute(\"select * from news where id = \" & CLng(Request(\"id\")))\r\nResponse.Write Server.HTMLEncode(rs(\"title\"))\r\n%>"),
        (Site + "mail.asp", "<%\r\n' Execute Request(\"x\") is what a shell would do\r\nIf Request.Form(\"mail\") <> \"\" Then\r\n  Set m = Server.CreateObject(\"CDO.Message\")\r\n  m.To = \"office@example.com\"\r\n  m.TextBody = Request.Form(\"mail\")\r\n  m.Send\r\nEnd If\r\n%>"),
        (Site + "counter.asp", "<%\r\nSet fs = Server.CreateObject(\"Scripting.FileSystemObject\")\r\nSet f = fs.OpenTextFile(Server.MapPath(\"count.txt\"), 1)\r\nn = CLng(f.ReadLine) + 1\r\nf.Close\r\nResponse.Write n\r\n%>"),
        (Site + "lang.asp", "<%@ Language=JScript %>\r\n<% var lang = String(Request.QueryString(\"lang\")); if (/^(en|de)$/.test(lang)) Session(\"lang\") = lang; Response.Write(lang.replace(/\"/g, \"\")); %>"),

        // Razor.
        (Site + "index.cshtml", "@{ Layout = \"_Layout.cshtml\"; var q = Request[\"q\"]; }\r\n<h1>@q</h1>\r\n@foreach (var item in Find(q)) { <li>@item.Title</li> }\r\n<p>mail office@example.com</p>"),
        (Site + "_Layout.cshtml", "<html><body>@RenderBody() @* eval(Request[\"x\"]) *@ @DateTime.Now.Year</body></html>"),
    ];

    public static IReadOnlyList<(string Path, string Page)> All => Plain;

    // The product's pages have a class behind them, texts in the visitor's language, a little code for what is shown, and much for the browser.
    static IEnumerable<(string, string)> Product(string path)
    {
        yield return (path, "<%@ Page Language=\"C#\" AutoEventWireup=\"false\" Inherits=\"Microsoft.Exchange.HttpProxy.MadeShape\" %>\r\n<%@ Import Namespace=\"Microsoft.Exchange.Clients\" %>\r\n<%@ Import Namespace=\"Microsoft.Exchange.Clients.Owa.Core\" %>\r\n<!-- Copyright text -->\r\n<html dir=\"<%=IsRtl ? \"rtl\" : \"ltr\"%>\"><head><title><%=LocalizedStrings.GetHtmlEncoded(Strings.IDs.OutlookWebAccess) %></title>\r\n<link href=\"<%=ResourcePath%>/logon.css\" rel=\"stylesheet\"><script>\r\nvar a_fRC = 1; var a_fLOff = <%= IsLogoff ? 1 : 0 %>; var a_sUrl = \"<%=EncodingUtilities.JavascriptEncode(Destination)%>\"; function process() { return eval(\"(\" + document.cookie + \")\"); }\r\n</script></head><body>\r\n<% if (Reason == LogonReason.InvalidCredentials) { %><div id=\"signInErrorDiv\"><%=LocalizedStrings.GetHtmlEncoded(Strings.IDs.InvalidCredentials) %></div><% } %>\r\n<form action=\"<%=FormAction%>\" method=\"POST\"><input type=\"hidden\" name=\"destination\" value=\"<% EncodingUtilities.HtmlEncode(Destination, Response.Output); %>\"></form></body></html>");
        yield return (path, "<%@ Page Language=\"c#\" Inherits=\"Microsoft.Exchange.Clients.Owa.Core.MadeShape\" EnableViewState=\"false\" %>\r\n<% string url = Request.QueryString[\"url\"]; if (!string.IsNullOrEmpty(url)) { %><p><%= Microsoft.Security.Application.Encoder.HtmlEncode(url) %></p><% } %>\r\n<%= Server.HtmlEncode(Request.Cookies[\"cadata\"] == null ? \"\" : \"signed in\") %><% if (Request.UserAgent.Contains(\"MSIE\")) Response.Redirect(\"/owa/\" + \"?ae=Folder\"); %>");
    }

    static string Base64()
    {
        byte[] picture = new byte[600];
        new Random(7).NextBytes(picture);
        return Convert.ToBase64String(picture);
    }
}
