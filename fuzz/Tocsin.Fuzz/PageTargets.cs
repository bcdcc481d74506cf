using Tocsin.Evidence.WebPages;

namespace Tocsin.Fuzz;

/// <summary>Web pages in each of the languages, and what ASP.NET compiles them to.</summary>
static class PageTargets
{
    public static void Page(byte[] input)
    {
        // The name decides how a page is read: classic pages are VBScript, handlers are code as a whole, Razor has a grammar of its own.
        foreach (string name in (ReadOnlySpan<string>)["owa/auth/a.aspx", "wwwroot/a.asp", "wwwroot/a.ashx", "wwwroot/a.cshtml"])
        {
            Reading.Check(input, () => WebPageFormat.TryRecognise(name, input)!, ReaderPromises.None);
        }
    }

    public static void Compiled(byte[] input)
    {
        Reading.Check(input, () => new WebPageReader("root/App_Web_a.dll", WebPageKind.CompiledProgram), ReaderPromises.None);
        Reading.Check(input, () => new WebPageReader("root/a.aspx.cdcab7d2.compiled", WebPageKind.CompiledNote), ReaderPromises.None);
    }
}
