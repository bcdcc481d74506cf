using Tocsin.Evidence.Configuration;
using Tocsin.Evidence.Evtx;
using Tocsin.Evidence.ExchangeText;
using Tocsin.Evidence.Hive;
using Tocsin.Evidence.Ntfs;
using Tocsin.Evidence.ToolOutputs;
using Tocsin.Evidence.W3c;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.Artifacts;

/// <summary>Recognises artifacts by their content and gives the reader for them. A new format is one line here.</summary>
public static class ArtifactFormats
{
    /// <summary>How much of an artifact's beginning recognition looks at.</summary>
    public const int HeadBytes = 64 * 1024;

    /// <summary>A reader for the artifact; null where no format is recognised.</summary>
    /// <param name="head">The first bytes, up to <see cref="HeadBytes"/>; UTF-16 already as UTF-8.</param>
    /// <param name="path">Only consulted for what the content does not say, never to recognise.</param>
    /// <param name="length">Length of the artifact, or -1 where it is not known.</param>
    public static ArtifactReader? Recognise(ReadOnlySpan<byte> head, string path, long length = -1)
    {
        // From the most telling shape to the least: pasted text is whatever small text is left.
        ArtifactReader? reader = EvtxReader.TryRecognise(head, path);
        reader ??= MftReader.TryRecognise(head, path);
        reader ??= UsnReader.TryRecognise(head, path);
        reader ??= W3cFormat.TryRecognise(head, path);
        reader ??= ExchangeFormat.TryRecognise(head, path);
        reader ??= ProxyLogonOutputReader.TryRecognise(head, path);
        reader ??= IisConfigFormat.TryRecognise(head, path);
        reader ??= ClixmlReader.TryRecognise(head, path);
        reader ??= EventJsonReader.TryRecognise(head, path);
        reader ??= EventKeyValueReader.TryRecognise(head, path);
        reader ??= HiveReader.TryRecognise(head);
        reader ??= TransactionLogReader.TryRecognise(head);
        if (reader is null && length <= PastedTextReader.MaxArtifactBytes && KnownFormats.UnreadEvidence(head) is null && KnownFormats.NoEvidence(head, path) is null) reader = PastedTextReader.TryRecognise(head, path);
        return reader;
    }
}
