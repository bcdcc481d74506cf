using System.CommandLine;
using System.Globalization;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Evtx;
using Tocsin.Evidence.Records;
using Tocsin.Triage.Reports;

namespace Tocsin.Cli;

/// <summary><c>tocsin dump FILE…</c>: the records of files that are no text, one line each, for people and for other programs.</summary>
internal static class DumpCommand
{
    const int OutputBytes = 256 * 1024;

    /// <summary>What can be dumped. Text needs no program to be read.</summary>
    static readonly string[] _kinds = ["evtx"];

    public static Command Make()
    {
        var files = new Argument<string[]>("FILE") { Arity = ArgumentArity.OneOrMore, Description = "Windows event logs (.evtx), known by their content; - for the standard input. Only read, never changed." };
        var form = new Option<string>("--format") { HelpName = "FORM", Description = "json: one event a line, in the shape that evtx_dump writes; xml: one event a line.", DefaultValueFactory = _ => "json" };
        form.AcceptOnlyFromAmong("json", "xml");
        var recovered = new Option<bool>("--recovered") { Description = "Also print what sound logs no longer count: events that an export left out, or that were overwritten. Dirty and damaged logs are recovered in any case." };
        var command = new Command("dump", "Print the records of event logs as JSON lines, also of dirty, cut and damaged ones. What could not be read is counted on the error output.\n\nExample: tocsin dump Security.evtx | jq 'select(.Event.System.EventID == 4688)'\n\nExit codes: 0 everything read, 2 something could not be read, 64 wrong usage or not a file that can be dumped.")
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
                using Stream content = file == "-" ? Console.OpenStandardInput() : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                code = Math.Max(code, Dump(file, content, form, recovered, output));
                output.Flush();
            }
            catch (OutputClosedException)
            {
                return code; // whoever reads has seen enough
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"tocsin: {Inert.Terminal(file)} could not be read: {Inert.Terminal(e.Message)}");
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
        if (reader is null || !_kinds.Contains(reader.Kind.Id, StringComparer.Ordinal))
        {
            Console.Error.WriteLine($"tocsin: {Inert.Terminal(name)} is {(reader is null ? "nothing that can be dumped" : $"a text file ({reader.Kind.Title}); read it as it is")}. Give a Windows event log (.evtx).");
            return ExitCodes.Usage;
        }

        if (reader is EvtxReader events) (events.TextForm, events.SkipsSlack) = (form, !recovered);
        var report = new ReadReport();
        var target = new RecordTarget(FieldSet.Empty, Everything.Instance, new LineSink(output)) { Events = Everything.Instance };
        using var whole = new HeadedInput(head.AsMemory(0, length), content);
        reader.Read(whole, new ReadContext(_ => target, report));
        return Summary(name, report);
    }

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
            try
            {
                output.Write(record.Whole);
                output.WriteByte((byte)'\n');
            }
            catch (IOException e)
            {
                throw new OutputClosedException(e);
            }
        }
    }

    sealed class OutputClosedException(IOException inner) : Exception(inner.Message, inner);

    /// <summary>Gives back the bytes that recognition took, then the rest.</summary>
    sealed class HeadedInput(ReadOnlyMemory<byte> head, Stream rest) : Evidence.Sources.ForwardStream
    {
        int _given;

        public override int Read(Span<byte> buffer)
        {
            if (_given == head.Length) return rest.Read(buffer);
            int length = Math.Min(buffer.Length, head.Length - _given);
            head.Span.Slice(_given, length).CopyTo(buffer);
            _given += length;
            return length;
        }
    }
}
