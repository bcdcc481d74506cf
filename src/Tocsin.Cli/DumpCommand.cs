using System.CommandLine;
using System.Globalization;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Evtx;
using Tocsin.Evidence.Hive;
using Tocsin.Evidence.Ntfs;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Sources;
using Tocsin.Triage.Reports;

namespace Tocsin.Cli;

/// <summary><c>tocsin dump FILE…</c>: the records of files that are no text, one line each, for people and for other programs.</summary>
internal static class DumpCommand
{
    const int OutputBytes = 256 * 1024;
    const string StandardInput = "-";

    public static Command Make()
    {
        var files = new Argument<string[]>("FILE") { Arity = ArgumentArity.OneOrMore, Description = "Windows event logs (.evtx), registry hives, file tables ($MFT) and change journals ($J), known by their content; - for an event log or a hive on the standard input. Only read, never changed." };
        var form = new Option<string>("--format") { HelpName = "FORM", Description = "json: one record a line, events in the shape that evtx_dump writes; xml, for events: one a line.", DefaultValueFactory = _ => "json" };
        form.AcceptOnlyFromAmong("json", "xml");
        var recovered = new Option<bool>("--recovered") { Description = "Also print what sound logs no longer count: events that an export left out, or that were overwritten. Dirty and damaged logs are recovered in any case." };
        var command = new Command("dump", "Print the records of event logs, registry hives, file tables and change journals as JSON lines, also of dirty, cut and damaged ones. What could not be read is counted on the error output. The transaction logs that lie beside a hive are applied to it.\n\nExamples:\n  tocsin dump Security.evtx | jq 'select(.Event.System.EventID == 4688)'\n  tocsin dump '$MFT' | jq -r '.Names[]? | [.FN_Created, .Path] | @tsv'\n\nExit codes: 0 everything read, 2 something could not be read, 64 wrong usage or not a file that can be dumped.")
        {
            files, form, recovered,
        };
        command.SetAction(result => Run(result.GetValue(files)!, result.GetValue(form) == "xml" ? EventTextForm.Xml : EventTextForm.Json, result.GetValue(recovered)));
        return command;
    }

    static int Run(string[] files, EventTextForm form, bool recovered)
    {
        using var output = new BufferedStream(Console.OpenStandardOutput(), OutputBytes);
        int code = ExitCodes.NothingFound;
        foreach (string file in files)
        {
            try
            {
                using Stream content = file == StandardInput ? Console.OpenStandardInput() : Open(file);
                code = Math.Max(code, Dump(file, content, form, recovered, output));
                output.Flush();
            }
            catch (OutputClosedException)
            {
                return code; // whoever reads has seen enough
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                string why = Directory.Exists(file) ? "it is a folder. Name its files; 'tocsin timeline' takes folders." : Inert.Terminal(e.Message);
                Console.Error.WriteLine($"tocsin: {Inert.Terminal(file)} could not be read: {why}");
                code = Math.Max(code, File.Exists(file) ? ExitCodes.NotAllExamined : ExitCodes.Usage);
            }
        }

        return code;
    }

    static int Dump(string name, Stream content, EventTextForm form, bool recovered, Stream output)
    {
        byte[] head = new byte[ArtifactFormats.HeadBytes];
        int length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        ArtifactReader? reader = length == 0 ? null : ArtifactFormats.Recognise(head.AsSpan(0, length), name);
        using var whole = new HeadedStream(head.AsMemory(0, length), content);
        var report = new ReadReport();
        switch (reader)
        {
            case EvtxReader events:
                (events.TextForm, events.SkipsSlack) = (form, !recovered);
                var target = new RecordTarget(FieldSet.Empty, Everything.Instance, new LineSink(new ClosableOutput(output))) { Events = Everything.Instance };
                events.Read(whole, new ReadContext(_ => target, report));
                return Summary(name, report);
            case HiveReader:
                return Summary(name, HiveDump.Write(whole, name == StandardInput ? null : ending => Beside(name + ending), new ClosableOutput(output)));
            case MftReader or UsnReader when name != StandardInput:
                // Folders may stand behind the files in them: a table is read more than once.
                NtfsDump.Write(() => Open(name), name, new ClosableOutput(output), report);
                return Summary(name, report);
        }

        string what = reader switch
        {
            null => "nothing that can be dumped",
            MftReader or UsnReader => "a file table or journal, which is read more than once and cannot come from the standard input: name the file",
            TransactionLogReader => "a transaction log: name the hive that it lies beside, and it will be applied",
            _ => $"a text file ({reader.Kind.Title}); read it as it is",
        };
        Console.Error.WriteLine($"tocsin: {Inert.Terminal(name)} is {what}. Give a Windows event log, a registry hive, a $MFT or a change journal.");
        return ExitCodes.Usage;
    }

    static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    static FileStream? Beside(string path) => File.Exists(path) ? Open(path) : null;

    static int Summary(string name, ReadReport report)
    {
        DamageKind[] kinds = [.. Enum.GetValues<DamageKind>().Where(k => report.Count(k) > 0)];
        foreach (string note in report.Notes) Console.Error.WriteLine($"tocsin: {Inert.Terminal(name)}: {Inert.Terminal(note)}");
        foreach (DamageKind kind in kinds)
        {
            string[] places = [.. report.Located.Where(d => d.Kind == kind).Select(d => d.Offset.ToString(CultureInfo.InvariantCulture))];
            string more = report.Count(kind) > places.Length ? " …" : "";
            Console.Error.WriteLine($"tocsin: {Inert.Terminal(name)}: {kind} {report.Count(kind)} times, at byte {string.Join(", ", places)}{more}");
        }

        return kinds.Length == 0 ? ExitCodes.NothingFound : ExitCodes.NotAllExamined;
    }

    /// <summary>Wants every record whole.</summary>
    sealed class Everything : ILineFilter, IEventFilter
    {
        static readonly EventInterest _text = new([], wantsText: true);

        public static Everything Instance { get; } = new();

        public int FindCandidate(ReadOnlySpan<byte> block, int from) => from < block.Length ? from : -1;

        public EventInterest InterestIn(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId) => _text;
    }

    sealed class LineSink(Stream output) : IRecordSink
    {
        public void Accept(in Record record)
        {
            output.Write(record.Whole);
            output.Write("\n"u8);
        }
    }

    /// <summary>Tells that the reader of a pipe went away from an error in reading evidence.</summary>
    sealed class ClosableOutput(Stream output) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new InvalidOperationException();

        public override long Position { get => throw new InvalidOperationException(); set => throw new InvalidOperationException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                output.Write(buffer);
            }
            catch (IOException e)
            {
                throw new OutputClosedException(e);
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException();

        public override long Seek(long offset, SeekOrigin origin) => throw new InvalidOperationException();

        public override void SetLength(long value) => throw new InvalidOperationException();
    }

    sealed class OutputClosedException(IOException inner) : Exception(inner.Message, inner);
}
