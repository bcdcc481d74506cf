using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Takes the entries of a table one by one and keeps of them what records will need. Not safe for concurrent use; allocates only what it keeps.</summary>
internal sealed class MftIntake(ILineFilter filter)
{
    readonly byte[] _name = new byte[FileName.MaxBytes];
    readonly byte[] _best = new byte[FileName.MaxBytes];
    readonly byte[] _path = new byte[FolderTable.MaxPathBytes];
    readonly byte[] _text = new byte[ContentText.MaxBytes];

    // Neighbours in the table lie mostly in one folder.
    FileReference _lastFolder;
    bool _lastIsOdd, _lastIsKnown;

    public FolderTable Folders { get; } = new();

    public HeldFiles Files { get; } = new();

    /// <summary>Takes an entry; false where its attributes are broken (what stands before the break is taken).</summary>
    public bool Take(FileEntry entry, uint number, long offset, bool isTorn)
    {
        bool isPiece = entry.Base.Value != 0, isWorth = false, isInPieces = false, isNamed = false, hasName = false;
        int best = 0;
        FileReference folder = default;
        AttributeCursor attributes = entry.Attributes;
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case AttributeType.AttributeList:
                    isInPieces = true;
                    break;
                case AttributeType.FileName when FileName.TryRead(attributes.Content, out FileName name) && !(name.IsShortForm && hasName):
                    ReadOnlySpan<byte> text = _name.AsSpan(0, name.Write(_name));
                    isWorth |= IsWorth(text, name.Folder);
                    isNamed |= !isWorth && filter.FindCandidate(text, 0) >= 0;
                    if (!name.IsShortForm || best == 0)
                    {
                        hasName |= !name.IsShortForm;
                        text.CopyTo(_best);
                        best = text.Length;
                        folder = name.Folder;
                    }

                    break;
                case AttributeType.Content when attributes.IsResident && ContentText.IsScript(attributes.Content):
                    isWorth = true;
                    break;
            }
        }

        if (!isPiece && entry.IsFolder) Folders.Add(number, entry.Sequence, entry.InUse, folder, _best.AsSpan(0, best));
        if (isPiece) TakePiece(entry);
        else if (isWorth || isNamed || isInPieces) Hold(entry, number, offset, isTorn, isNamed, onlyMaybe: !isWorth);
        return !attributes.IsBroken;
    }

    bool IsWorth(ReadOnlySpan<byte> name, FileReference folder)
    {
        FileInterest.Reason reason = FileInterest.Of(name);
        if (reason != FileInterest.Reason.InOddPlaces) return reason == FileInterest.Reason.Anywhere;
        if (folder != _lastFolder || !_lastIsKnown)
        {
            // A folder that stands behind what lies in it is not known yet: the file is kept, and judged again at the end.
            _lastIsOdd = FileInterest.IsOddPlace(Folders.PathOf(folder, _path, out _lastIsKnown));
            _lastFolder = folder;
        }

        return _lastIsOdd;
    }

    void Hold(FileEntry entry, uint number, long offset, bool isTorn, bool isNamed, bool onlyMaybe)
    {
        var file = new HeldFile
        {
            Number = number, Sequence = entry.Sequence, InUse = entry.InUse, IsFolder = entry.IsFolder, IsTorn = isTorn,
            IsNamedByRules = isNamed, IsUncertain = onlyMaybe, Offset = offset, Size = -1, Link = -1, Text = -1,
        };
        if (!Files.HasRoom(in file)) return;
        Collect(entry, ref file.Link, ref file.Text, ref file.Size, ref file.Times);
        Files.Add(in file);
    }

    void TakePiece(FileEntry entry)
    {
        if (!entry.InUse || !Files.HasRoomForPiece) return;
        int link = -1, text = -1;
        long size = -1;
        FileTimes times = default;
        Collect(entry, ref link, ref text, ref size, ref times);
        if (link >= 0 || text >= 0 || size >= 0) Files.AddPiece(entry.Base, link, text, size);
    }

    void Collect(FileEntry entry, ref int link, ref int text, ref long size, ref FileTimes times)
    {
        AttributeCursor attributes = entry.Attributes;
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case AttributeType.StandardInformation when attributes.Content.Length >= FileTimes.Bytes:
                    times = FileTimes.Read(attributes.Content);
                    break;
                case AttributeType.FileName when FileName.TryRead(attributes.Content, out FileName name):
                    link = Files.AddLink(link, name.Folder, name.Times, _name.AsSpan(0, name.Write(_name)), name.IsShortForm);
                    break;
                case AttributeType.Content when attributes.Name.IsEmpty:
                    if (size < 0) size = attributes.Size;
                    if (!attributes.Content.IsEmpty) AddText(ref text, ContentText.IsScript(attributes.Content) ? HeldTextKind.Script : HeldTextKind.Content, attributes.Content);
                    break;
                case AttributeType.Content when attributes.Size >= 0:
                    int length = FileName.Write(attributes.Name, _name);
                    text = Files.AddText(text, HeldTextKind.Stream, _name.AsSpan(0, length));
                    if (attributes.Name.Equals("Zone.Identifier", StringComparison.OrdinalIgnoreCase) && !attributes.Content.IsEmpty) AddText(ref text, HeldTextKind.Zone, attributes.Content);
                    break;
            }
        }
    }

    void AddText(ref int head, HeldTextKind kind, ReadOnlySpan<byte> content) => head = Files.AddText(head, kind, _text.AsSpan(0, ContentText.Write(content, _text)));
}
