using System.Collections.Frozen;

namespace Tocsin.Evidence.WebPages;

/// <summary>Where a value may come to harm, and what a name stands for. Flags, since one thing may be several.</summary>
[Flags]
internal enum Flow
{
    None = 0,

    /// <summary>The visitor sent it.</summary>
    Request = 1 << 0,
    /// <summary>The visitor uploaded it as a file.</summary>
    Upload = 1 << 1,
    /// <summary>A constant that was written in a hidden form.</summary>
    Hidden = 1 << 2,

    Eval = 1 << 8,
    Process = 1 << 9,
    CodeLoad = 1 << 10,
    FileWrite = 1 << 11,
    FileRead = 1 << 12,
    Sql = 1 << 13,
    Network = 1 << 14,
    Deserialize = 1 << 15,
    Decrypt = 1 << 16,
    Native = 1 << 17,

    /// <summary>From the visitor, in whatever form.</summary>
    FromVisitor = Request | Upload,
    /// <summary>All kinds of harm.</summary>
    Sinks = Eval | Process | CodeLoad | FileWrite | FileRead | Sql | Network | Deserialize | Decrypt | Native,
}

/// <summary>The names of .NET, COM and script engines that matter. Data; a new name is one entry.</summary>
internal static class CodeWords
{
    /// <summary>Functions and constructors whose arguments come to harm, whatever they are called on.</summary>
    static readonly FrozenDictionary<string, Flow> Calls = Table(
        (Flow.Eval, "ExecuteGlobal ExecuteStatement AddCode JScriptEvaluate CompileAssemblyFromSource CompileAssemblyFromDom AddScript InvokeScript CreateScriptBlock VsaEvaluate"),
        (Flow.Process, "ProcessStartInfo ShellExecute WinExec CreateProcess CreateProcessAsUser CreateProcessWithLogonW CreateProcessWithTokenW"),
        (Flow.CodeLoad, "LoadFrom LoadFile UnsafeLoadFrom CreateInstanceFrom CreateInstanceAndUnwrap ExecuteAssembly ReflectionOnlyLoad"),
        (Flow.FileWrite, "WriteAllText WriteAllBytes WriteAllLines AppendAllText AppendAllLines CreateTextFile SaveToFile SaveAs StreamWriter FileStream OpenWrite CreateText AppendText DownloadFile DownloadFileAsync MoveFile CopyFile DeleteFile ExtractToDirectory"),
        (Flow.FileRead, "ReadAllText ReadAllBytes ReadAllLines OpenRead OpenText OpenTextFile GetFiles GetDirectories EnumerateFiles EnumerateDirectories DirectoryInfo FileInfo TransmitFile WriteFile GetFolder LoadFromFile StreamReader"),
        (Flow.Sql, "SqlCommand OleDbCommand OdbcCommand OracleCommand SqlDataAdapter OleDbDataAdapter OdbcDataAdapter"),
        (Flow.Network, "DownloadString DownloadData UploadData UploadString TcpClient GetStreamAsync GetStringAsync GetByteArrayAsync CreateHttp"),
        (Flow.Deserialize, "Deserialize UnsafeDeserialize"),
        (Flow.Decrypt, "TransformFinalBlock CreateDecryptor"),
        (Flow.Native, "VirtualAlloc VirtualAllocEx VirtualProtect CreateThread CreateRemoteThread WriteProcessMemory QueueUserAPC NtMapViewOfSection HeapCreate EnumDateFormats"));

    /// <summary>Names that make whatever is called on them harmful: classes and, in texts, what is made by name.</summary>
    static readonly FrozenDictionary<string, Flow> Labels = Table(
        (Flow.Eval, "CSharpCodeProvider VBCodeProvider JScriptCodeProvider CodeDomProvider VsaEngine CSharpScript MSScriptControl.ScriptControl ScriptControl Microsoft.JScript.Eval Microsoft.CSharp.CSharpCodeProvider RunspaceFactory Runspace"),
        (Flow.Process, "ProcessStartInfo System.Diagnostics.Process System.Diagnostics.ProcessStartInfo WScript.Shell Wscript.Shell.1 Shell.Application Shell.Application.1 Win32_Process Win32_ProcessStartup ManagementClass cmd.exe powershell.exe"),
        (Flow.CodeLoad, "System.Reflection.Assembly AssemblyLoadContext"),
        (Flow.FileWrite, "StreamWriter CreateTextFile OpenWrite CreateText AppendText ADODB.Stream"),
        (Flow.Sql, "SqlCommand OleDbCommand OdbcCommand OracleCommand SqlDataAdapter OleDbDataAdapter OdbcDataAdapter ADODB.Connection ADODB.Recordset ADODB.Command"),
        (Flow.Network, "WebRequest HttpWebRequest WebClient HttpClient TcpClient Socket MSXML2.XMLHTTP MSXML2.ServerXMLHTTP MSXML2.ServerXMLHTTP.6.0 Microsoft.XMLHTTP WinHttp.WinHttpRequest.5.1"),
        (Flow.Deserialize, "BinaryFormatter LosFormatter ObjectStateFormatter NetDataContractSerializer SoapFormatter XamlReader"),
        (Flow.Decrypt, "RijndaelManaged AesManaged AesCryptoServiceProvider TripleDESCryptoServiceProvider DESCryptoServiceProvider"));

    /// <summary>Texts by which a method is called or a function named.</summary>
    static readonly FrozenDictionary<string, Flow> ByName = Table(
        (Flow.Eval, "eval Execute ExecuteGlobal JScriptEvaluate CompileAssemblyFromSource AddScript"),
        (Flow.Process, "Start Exec Run ShellExecute"),
        (Flow.CodeLoad, "Load LoadFrom LoadFile CreateInstance"),
        (Flow.FileWrite, "WriteAllText WriteAllBytes AppendAllText SaveToFile CreateTextFile"));

    /// <summary>Words that nobody hides who does not have to.</summary>
    static readonly FrozenSet<string> Telling = new HashSet<string>(
        Calls.Keys.Concat(Labels.Keys).Concat(
        [
            "eval", "unsafe", "Execute", "Request", "Request.Item", "Request.Form", "Request.QueryString", "System.Reflection", "System.Diagnostics", "Process", "cmd", "powershell", "Scripting.FileSystemObject",
            "FromBase64String", "Assembly", "CreateInstance", "CreateObject", "InvokeMember", "GetMethod", "WScript", "Shell", "System.IO.File", "BinaryRead", "Microsoft.JScript",
        ]), StringComparer.OrdinalIgnoreCase).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Parts of texts that are code or a command, wherever in the text they stand.</summary>
    static readonly string[] TellingParts = ["eval(", "execute(", "request[", "request(", "wscript.shell", "cmd.exe", "powershell", "assembly.load", "process.start", "frombase64string", "createobject(", "system.diagnostics", "system.reflection", "filesystemobject", "adodb.stream"];

    /// <summary>What is of the request and says nothing that a visitor could use.</summary>
    static readonly FrozenSet<string> Harmless = Set("Browser IsAuthenticated IsLocal IsSecureConnection ApplicationPath PhysicalApplicationPath PhysicalPath MapPath HttpMethod RequestType ContentLength ContentEncoding TotalBytes TimedOutToken LogonUserIdentity MapImageCoordinates ValidateInput Abort RequestContext ClientCertificate AppRelativeCurrentExecutionFilePath CurrentExecutionFilePath FilePath UserHostAddress Filter");

    /// <summary>What turns anything into a number, a date or a name of a fixed list.</summary>
    static readonly FrozenSet<string> Narrowing = Set("Parse TryParse ToInt16 ToInt32 ToInt64 ToBoolean ToDateTime ToDouble ToDecimal ToSingle CInt CLng CDbl CDate CBool CByte parseInt parseFloat IsNumeric IsDate IsNullOrEmpty IsNullOrWhiteSpace Len IsEmpty ContainsKey Equals Compare StartsWith EndsWith Contains IndexOf InStr GetHashCode isNaN");

    /// <summary>Names that hold nothing from one statement to the next.</summary>
    static readonly FrozenSet<string> NoVariables = Set("Response Server Trace Console Math String Convert Encoding System Request Context HttpContext Path File Directory Regex DateTime Environment Thread Type Activator Assembly Array Buffer Page HttpUtility Uri Guid Int32 Object Byte Char Text UTF8 IO Web Log Logger Debug");

    static readonly FrozenSet<string> Filling = Set("Read CopyTo ReadAsync CopyToAsync ReadBlock GetBytes ReadExactly");

    static readonly FrozenSet<string> Copying = Set("BlockCopy Copy ConstrainedCopy Fill");

    public static Flow Call(string name) => Calls.GetValueOrDefault(name);

    public static Flow Label(string name) => Labels.GetValueOrDefault(name);

    public static Flow Named(string text) => ByName.GetValueOrDefault(text) | Label(text);

    public static bool IsTelling(string word) => Telling.Contains(word);

    /// <summary>Whether a text is a telling word or has code in it.</summary>
    public static bool HasTelling(string text) => IsTelling(text) || Array.Exists(TellingParts, p => text.Contains(p, StringComparison.OrdinalIgnoreCase));

    public static bool IsHarmless(string member) => Harmless.Contains(member);

    public static bool IsNarrowing(string name) => Narrowing.Contains(name);

    public static bool IsVariable(string name) => !NoVariables.Contains(name);

    public static bool IsFilling(string name) => Filling.Contains(name);

    public static bool IsCopying(string name) => Copying.Contains(name);

    static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    static FrozenDictionary<string, Flow> Table(params (Flow Kind, string Words)[] rows)
    {
        var table = new Dictionary<string, Flow>(StringComparer.OrdinalIgnoreCase);
        foreach ((Flow kind, string words) in rows)
        {
            foreach (string word in words.Split(' ')) table[word] = table.GetValueOrDefault(word) | kind;
        }

        return table.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
