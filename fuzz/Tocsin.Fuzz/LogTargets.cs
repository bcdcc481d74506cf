using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Evtx;
using Tocsin.Evidence.ExchangeText;
using Tocsin.Evidence.ToolOutputs;
using Tocsin.Evidence.W3c;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Fuzz;

/// <summary>The readers of text. What is not recognised is read all the same, by the reader for a plain head of the format.</summary>
static class LogTargets
{
    const ReaderPromises Rows = ReaderPromises.RecordsAreLines | ReaderPromises.TextStandsAtOffset;

    public static void W3c(byte[] input) =>
        Reading.Check(input, () => W3cFormat.TryRecognise(Head(input), "a.log") ?? W3cFormat.TryRecognise("#Fields: date time cs-uri-stem cs-uri-query sc-status"u8, "a.log")!, Rows);

    public static void Exchange(byte[] input) =>
        Reading.Check(input, () => ExchangeFormat.TryRecognise(Head(input), "a.log") ?? ExchangeFormat.TryRecognise("#Log-type: ECP Server Log\n#Fields: TimeStamp,ServerName,EventId,EventData"u8, "a.log")!, Rows);

    public static void EventJson(byte[] input)
    {
        foreach (byte[] head in (ReadOnlySpan<byte[]>)[Head(input).ToArray(), [.. "{\"EventID\":1,\"Channel\":1}\n"u8], [.. "{\"EventID\":1,\n\"Channel\":1}"u8]])
        {
            if (EventJsonReader.TryRecognise(head, "a.json") is not null) Reading.Check(input, () => EventJsonReader.TryRecognise(head, "a.json")!, ReaderPromises.TextStandsAtOffset);
        }
    }

    public static void EventKeyValue(byte[] input)
    {
        _ = EventKeyValueReader.TryRecognise(Head(input), "a.txt");
        Reading.Check(input, () => EventKeyValueReader.TryRecognise("TimeCreated=2021-03-03T01:02:03Z EventID=1"u8, "a.txt")!, Rows);
    }

    public static void ProxyLogonOutput(byte[] input)
    {
        _ = ProxyLogonOutputReader.TryRecognise(Head(input), "a.csv");
        Reading.Check(input, () => ProxyLogonOutputReader.TryRecognise("DateTime,AnchorMailbox"u8, "a.csv")!, ReaderPromises.RecordsAreLines);
    }

    public static void Pasted(byte[] input)
    {
        _ = PastedTextReader.TryRecognise(Head(input), "a.txt");
        Reading.Check(input, () => PastedTextReader.TryRecognise("x"u8, "a.txt")!, Rows);
    }

    public static void Evtx(byte[] input)
    {
        // What begins with the magic is a whole file; the rest becomes a chunk's records behind a plain header, so that little is enough to reach them.
        byte[] file = EvtxReader.TryRecognise(input, "a.evtx") is null ? [.. "ElfChnk\0"u8, .. new byte[504], .. input] : input;
        Reading.Check(file, () => EvtxReader.TryRecognise(file, "a.evtx")!, ReaderPromises.NumberedByTheLog);
        EvtxReader AsXml()
        {
            EvtxReader reader = EvtxReader.TryRecognise(file, "a.evtx")!;
            reader.TextForm = EventTextForm.Xml;
            return reader;
        }

        Reading.Check(file, AsXml, ReaderPromises.NumberedByTheLog);
    }

    public static void Scan(byte[] input)
    {
        _ = KnownFormats.UnreadEvidence(Head(input));
        _ = KnownFormats.NoEvidence(Head(input), "a.txt");
        if (ArtifactFormats.Recognise(Head(input), "a.txt", input.Length) is null) return;
        Reading.Check(input, () => ArtifactFormats.Recognise(Head(input), "a.txt", input.Length)!, EvtxReader.TryRecognise(Head(input), "a") is null ? ReaderPromises.None : ReaderPromises.NumberedByTheLog);
    }

    static ReadOnlySpan<byte> Head(byte[] input) => input.AsSpan(0, Math.Min(input.Length, ArtifactFormats.HeadBytes));
}
