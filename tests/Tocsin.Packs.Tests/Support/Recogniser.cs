using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.WebPages;

namespace Tocsin.Packs.Tests.Support;

/// <summary>Finds the reader for a sample by its content, as a scan does.</summary>
static class Recogniser
{
    public static ArtifactReader? Recognise(string path, ReadOnlyMemory<byte> bytes) =>
        WebPageFormat.TryRecognise(path, bytes.Span) ?? ArtifactFormats.Recognise(bytes.Span[..Math.Min(bytes.Length, ArtifactFormats.HeadBytes)], path, bytes.Length);
}
