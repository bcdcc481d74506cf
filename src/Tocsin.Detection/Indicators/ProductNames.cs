namespace Tocsin.Detection.Indicators;

/// <summary>Names of files that the product and its platform bring themselves. Attackers hide behind them; by itself such a name says nothing.</summary>
public static class ProductNames
{
    static readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase)
    {
        // Front end and back end of Exchange.
        "default.aspx", "default.flt", "default.htm", "index.aspx", "logon.aspx", "logoff.aspx", "signout.aspx", "expiredpassword.aspx", "frowny.aspx",
        "svmfeedback.aspx", "error.aspx", "error2.aspx", "errorfe.aspx", "outlookcn.aspx", "redirsuiteserviceproxy.aspx",
        "timeoutlogout.aspx", "timeoutlogoff.aspx", "autodiscover.xml", "autodiscover.json", "ddiservice.svc", "exchange.asmx", "proxylogon.ecp", "main.aspx",
        "oab.xml", "web.config", "global.asax", "isapi.dll", "logon.css", "owafont.css", "healthcheck.htm", "emsmdb", "rpcproxy.dll", "auth.owa", "premium.js",
        // Windows and IIS.
        "iisstart.htm", "iisstart.png", "w3wp.exe", "cmd.exe", "powershell.exe", "rundll32.exe", "comsvcs.dll", "net.exe", "net1.exe", "reg.exe", "certutil.exe",
        "bitsadmin.exe", "appcmd.exe", "aspnet_regiis.exe", "csc.exe", "cvtres.exe", "svchost.exe", "lsass.exe", "whoami.exe", "umworkerprocess.exe",
        "msexchangeowaapppool.config", "applicationhost.config",
    };

    /// <summary>Whether a file of this name, or at the end of this path, is one that every server has.</summary>
    public static bool IsOfProduct(string path)
    {
        ReadOnlySpan<char> name = path.AsSpan(path.AsSpan().LastIndexOfAny('/', '\\') + 1);
        return name.IsEmpty || _names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name);
    }
}
