using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Configuration;

namespace Tocsin.Fuzz;

/// <summary>The readers of configurations. What is not recognised is read all the same, by the reader for a plain head of the format.</summary>
static class ConfigurationTargets
{
    static readonly byte[][] Heads = [[.. "<configuration><system.applicationHost>"u8], [.. "<configuration><system.webServer>"u8], [.. "<configuration><mexRuntime>"u8]];

    public static void IisConfig(byte[] input)
    {
        _ = IisConfigFormat.TryRecognise(Head(input), "a.config");
        foreach (byte[] head in Heads) Reading.Check(input, () => IisConfigFormat.TryRecognise(head, "a.config")!, ReaderPromises.None);
    }

    public static void Clixml(byte[] input)
    {
        _ = ClixmlReader.TryRecognise(Head(input), "a.xml");
        Reading.Check(input, () => ClixmlReader.TryRecognise("<Objs xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">"u8, "a.xml")!, ReaderPromises.None);
    }

    static ReadOnlySpan<byte> Head(byte[] input) => input.AsSpan(0, Math.Min(input.Length, ArtifactFormats.HeadBytes));
}
