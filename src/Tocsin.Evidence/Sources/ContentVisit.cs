namespace Tocsin.Evidence.Sources;

/// <summary>Goes through content: delivers what is a file, and opens what is an archive. One visit of one unit, on one thread.</summary>
/// <remarks>Recursion goes as deep as archives are nested and is limited by <see cref="SourceLimits.MaxDepth"/>.</remarks>
internal sealed class ContentVisit(SourceLimits limits, Action<SourceFile, Stream> visit, ProblemLog problems, CancellationToken cancellation)
{
    // Held by the thread that has a nested archive in memory, with all that is nested in that one: memory does not grow with the threads.
    static readonly Lock Nested = new();

    readonly UnpackTotals _totals = new();
    long _nestedBytes;

    /// <summary>Delivers or opens a file that can be read at any offset.</summary>
    public void Offer(SourceFile file, RandomBytes bytes, int depth)
    {
        Span<byte> head = stackalloc byte[ContentShapes.HeadBytes];
        head = head[..bytes.Fill(0, head)];
        switch (Recognise(file, head, depth))
        {
            case ContentShape.Zip:
                OpenZip(file, bytes, depth + 1);
                break;
            case ContentShape.Tar:
                OpenTar(file, bytes.Open(), bytes, depth + 1);
                break;
            case ContentShape.Gzip:
                OpenGzip(file, bytes.Open(), bytes.Length, depth + 1);
                break;
            case ContentShape.File when depth == 0:
                visit(file, bytes.Open());
                break;
            case ContentShape.File:
                visit(file, new UnpackedStream(bytes.Open(), file.Path, bytes.Length, () => bytes.Length, limits, _totals, problems, cancellation));
                break;
        }
    }

    /// <summary>Delivers or opens a file that can be read once.</summary>
    public void Offer(SourceFile file, Stream content, int depth)
    {
        var peeked = new PeekedStream(content, ContentShapes.HeadBytes);
        switch (Recognise(file, peeked.Head, depth))
        {
            case ContentShape.Zip:
                HoldZip(file, peeked, depth + 1);
                break;
            case ContentShape.Tar:
                OpenTar(file, peeked, null, depth + 1);
                break;
            case ContentShape.Gzip:
                OpenGzip(file, peeked, file.Length, depth + 1);
                break;
            case ContentShape.File:
                visit(file, peeked);
                break;
        }
    }

    /// <summary>Reads one stretch of the entries of a zip archive that stands on disk.</summary>
    public void ReadZip(ZipPlan plan, ZipPart part)
    {
        _totals.Packed += part.PackedBytes;
        ReadZip(plan, part, depth: 1);
    }

    void ReadZip(ZipPlan plan, ZipPart part, int depth)
    {
        int ordinal = part.First;
        foreach (var (member, _, _) in plan.Read(part))
        {
            cancellation.ThrowIfCancellationRequested();
            if (_totals.Stopped) return;
            if (!plan.IsRefused(ordinal)) ReadZipMember(plan, member, plan.CopyOf(ordinal), depth);
            ordinal++;
        }
    }

    /// <summary>A file of a kind to be opened, or delivered; a foreign container is both delivered and reported.</summary>
    ContentShape? Recognise(SourceFile file, ReadOnlySpan<byte> head, int depth)
    {
        ContentShape shape = ContentShapes.Of(head, out string foreign);
        if (shape == ContentShape.Foreign)
        {
            problems.Add(file.Path, SourceProblemKind.Unreadable, $"not opened: it is {foreign}");
            return ContentShape.File;
        }

        if (shape == ContentShape.File || depth < limits.MaxDepth) return shape;
        problems.Add(file.Path, SourceProblemKind.Refused, $"not opened: it is an archive more than {limits.MaxDepth} archives deep. If it is real, unpack it and scan the result");
        return null;
    }

    void HoldZip(SourceFile file, Stream content, int depth)
    {
        lock (Nested)
        {
            long room = limits.MaxNestedBytes - _nestedBytes;
            if (file.Length > room)
            {
                TooLarge(file);
                return;
            }

            byte[] held = new byte[file.Length >= 0 ? (int)file.Length : (int)Math.Min(room, 1 << 20)];
            int length = 0;
            while (content.Read(held.AsSpan(length)) is > 0 and var read)
            {
                length += read;
                if (length < held.Length) continue;
                if (file.Length >= 0) break;
                if (length >= room)
                {
                    TooLarge(file);
                    return;
                }

                Array.Resize(ref held, (int)Math.Min(room, 2L * length));
            }

            // Makes the stream look at its end: a wrong checksum is reported.
            content.ReadByte();
            _nestedBytes += held.Length;
            OpenZip(file, RandomBytes.Of(held, length), depth);
            _nestedBytes -= held.Length;
        }
    }

    void TooLarge(SourceFile file) => problems.Add(file.Path, SourceProblemKind.Unreadable,
        $"not opened: a zip archive inside an archive is read up to {limits.MaxNestedBytes >> 20} MB. Unpack the outer archive, and scan the result");

    void OpenZip(SourceFile file, RandomBytes bytes, int depth)
    {
        if (depth == 1) _totals.Packed += bytes.Length;
        if (ZipPlan.TryMake(file, bytes, limits, problems, cancellation) is { } plan)
        {
            ReadZip(plan, plan.Whole, depth);
            return;
        }

        problems.Add(file.Path, SourceProblemKind.Damaged, "cut off or damaged: the list of its entries is missing. Entries were looked for from the front; what is missing at the end cannot be known");
        var layout = new Layout(file.Path + "!/", file, guessesDisks: false);
        var names = new NameCounts();
        int count = 0;
        foreach (ZipMember member in ZipRecovery.Read(bytes))
        {
            cancellation.ThrowIfCancellationRequested();
            if (_totals.Stopped) return;
            if (++count > limits.MaxEntries)
            {
                problems.Add(file.Path, SourceProblemKind.Refused, $"more than {limits.MaxEntries} entries: the rest was not read");
                return;
            }

            string name = InertName.OfEntry(member.Name, out _);
            layout.Observe(name);
            ReadZipMember(bytes, layout, member, names.Count(name), file.Sequential, depth);
        }
    }

    void ReadZipMember(ZipPlan plan, in ZipMember member, int copy, int depth) =>
        ReadZipMember(plan.Bytes, plan.Layout, member, copy, plan.Sequential, depth, plan);

    void ReadZipMember(RandomBytes archive, Layout layout, in ZipMember member, int copy, bool sequential, int depth, ZipPlan? plan = null)
    {
        if (member.IsFolder) return;
        SourceFile file = Describe(layout, member.Name, member.Length, member.ModifiedUtc, copy, sequential);

        // Of entries with one name only the first has companions, or each of a million copies would unpack them again.
        if (plan is not null && copy == 1)
        {
            string stored = member.Name;
            file = file with { OpenSibling = ending => plan.OpenCompanion(InertName.OfEntry(stored, out _), ending) };
        }

        if (member.IsLink)
        {
            problems.Add(file.Path, SourceProblemKind.Skipped, "a link, which is not followed");
            return;
        }

        if (ZipContent.WhyNot(member) is { } reason)
        {
            problems.Add(file.Path, SourceProblemKind.Unreadable, reason);
            return;
        }

        if (ZipContent.Locate(archive, member) is not { } packed)
        {
            problems.Add(file.Path, SourceProblemKind.Damaged, "not where the archive says it is");
            return;
        }

        if (member.Length > limits.RatioFloorBytes && member.Length / limits.MaxRatio > packed.Length)
        {
            problems.Add(file.Path, SourceProblemKind.Refused,
                $"refused as a bomb: {packed.Length} bytes that grow to {member.Length}, more than {limits.MaxRatio} times. If it is real, unpack it and scan the result");
            return;
        }

        // What is stored plainly can be read at any offset: an archive in there is opened where it stands.
        if (member.Method == 0 && packed.Length == member.Length)
        {
            Offer(file, packed, depth);
            return;
        }

        if (!TryOpen(packed, member, file, out Stream? unpacking)) return;
        long packedLength = packed.Length;
        using var content = new UnpackedStream(unpacking, file.Path, member.Length, () => packedLength, limits, _totals, problems, cancellation);
        Offer(file, content, depth);
    }

    bool TryOpen(RandomBytes packed, in ZipMember member, SourceFile file, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Stream? content)
    {
        try
        {
            content = ZipContent.Open(packed, member);
            return true;
        }
        catch (Exception damage) when (damage is InvalidDataException or IOException or NotSupportedException)
        {
            content = null;
            problems.Add(file.Path, SourceProblemKind.Damaged, $"cannot be unpacked ({damage.Message})");
            return false;
        }
    }

    void OpenGzip(SourceFile file, Stream packed, long packedLength, int depth)
    {
        if (depth == 1) _totals.Packed += packedLength;
        var unpacking = new GunzipStream(packed);
        using var content = new UnpackedStream(unpacking, file.Path, declared: -1, () => unpacking.Taken, limits, _totals, problems, cancellation);
        var peeked = new PeekedStream(content, ContentShapes.HeadBytes);
        if (ContentShapes.Of(peeked.Head, out _) == ContentShape.Tar)
        {
            OpenTar(file, peeked, null, depth);
            return;
        }

        string name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) name = name[..^3];
        Offer(file with { Path = $"{file.Path}!/{name}", Length = -1, OpenSibling = null }, peeked, depth);
    }

    void OpenTar(SourceFile file, Stream content, RandomBytes? bytes, int depth)
    {
        if (depth == 1 && bytes is not null) _totals.Packed += bytes.Length;
        var layout = new Layout(file.Path + "!/", file, guessesDisks: bytes is not null);
        if (bytes is not null) LookAhead(layout, bytes);

        var names = new NameCounts();
        var reading = new TarReading(content, file.Path, problems);
        int count = 0;
        while (reading.TryNext(out TarMember member))
        {
            cancellation.ThrowIfCancellationRequested();
            if (_totals.Stopped) return;
            if (++count > limits.MaxEntries)
            {
                problems.Add(file.Path, SourceProblemKind.Refused, $"more than {limits.MaxEntries} entries: the rest was not read");
                return;
            }

            if (member.Kind == TarKind.Folder) continue;
            string name = InertName.OfEntry(member.Name, out _);
            if (bytes is null) layout.Observe(name);
            SourceFile inside = Describe(layout, member.Name, member.Length, member.ModifiedUtc, names.Count(name), sequential: true);
            switch (member.Kind)
            {
                case TarKind.File when bytes is not null && member.DataOffset + member.Length <= bytes.Length:
                    Offer(inside, bytes.Slice(member.DataOffset, member.Length), depth);
                    break;
                case TarKind.File:
                    Offer(inside, new TarContent(reading, inside.Path, member.Length, problems, cancellation), depth);
                    break;
                case TarKind.Link:
                    problems.Add(inside.Path, SourceProblemKind.Skipped, "a link, which is not followed");
                    break;
                case TarKind.Device:
                    problems.Add(inside.Path, SourceProblemKind.Skipped, "a device or pipe, which holds no content");
                    break;
                default:
                    problems.Add(inside.Path, SourceProblemKind.Unreadable, "stored with holes or in a way that is not read here: unpack the archive, and scan the result");
                    break;
            }
        }

        if (reading.IsClosed && reading.Drain()) problems.Add(file.Path, SourceProblemKind.Damaged, "there is more behind the archive's closing mark, which was not read: it may be several archives in one");
        if (!reading.IsClosed) problems.Add(file.Path, SourceProblemKind.Damaged, "cut off: the archive stops without its closing mark. What stood before was read");
    }

    void LookAhead(Layout layout, RandomBytes bytes)
    {
        var reading = new TarReading(bytes.Open(), "", problems: null);
        for (int count = 0; count < limits.MaxEntries && reading.TryNext(out TarMember member); count++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (member.Kind != TarKind.File) continue;
            string name = InertName.OfEntry(member.Name, out _);
            layout.Observe(name);
            if (Layout.Tells(name)) layout.Learn(name, bytes.Slice(member.DataOffset, member.Length).Open());
        }
    }

    SourceFile Describe(Layout layout, string stored, long length, DateTime? modifiedUtc, int copy, bool sequential)
    {
        string name = InertName.OfEntry(stored, out string? odd);
        SourceFile file = layout.Describe(name, length, modifiedUtc, sequential);
        if (copy > 1) file = file with { Path = $"{file.Path}#{copy}" };
        if (odd is not null) problems.Add(file.Path, SourceProblemKind.Note, $"{odd}; it was read, and is shown without");
        return file;
    }
}
