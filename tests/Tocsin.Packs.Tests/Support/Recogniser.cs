using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.ExchangeText;
using Tocsin.Evidence.W3c;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Packs.Tests.Support;

/// <summary>Finds the reader for a sample by its content, in the order in which a scan asks.</summary>
static class Recogniser
{
    public static ArtifactReader? Recognise(string path, ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> head = bytes.Span[..Math.Min(bytes.Length, 64 * 1024)];
        return ExchangeFormat.TryRecognise(head, path)
            ?? W3cFormat.TryRecognise(head, path)
            ?? (ArtifactReader?)EventJsonReader.TryRecognise(head, path)
            ?? EventKeyValueReader.TryRecognise(head, path);
    }
}
