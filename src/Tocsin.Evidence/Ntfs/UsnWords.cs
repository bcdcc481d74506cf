namespace Tocsin.Evidence.Ntfs;

/// <summary>The names that Microsoft's documentation gives to the bits of a USN record.</summary>
internal static class UsnWords
{
    /// <summary>Bits of the reason.</summary>
    public const uint Created = 0x100, Deleted = 0x200, OldName = 0x1000, NewName = 0x2000;

    /// <summary>What happened to the file.</summary>
    public static readonly (uint Bit, byte[] Word)[] Reasons =
    [
        (0x1, "DATA_OVERWRITE"u8.ToArray()), (0x2, "DATA_EXTEND"u8.ToArray()), (0x4, "DATA_TRUNCATION"u8.ToArray()),
        (0x10, "NAMED_DATA_OVERWRITE"u8.ToArray()), (0x20, "NAMED_DATA_EXTEND"u8.ToArray()), (0x40, "NAMED_DATA_TRUNCATION"u8.ToArray()),
        (Created, "FILE_CREATE"u8.ToArray()), (Deleted, "FILE_DELETE"u8.ToArray()), (0x400, "EA_CHANGE"u8.ToArray()), (0x800, "SECURITY_CHANGE"u8.ToArray()),
        (OldName, "RENAME_OLD_NAME"u8.ToArray()), (NewName, "RENAME_NEW_NAME"u8.ToArray()), (0x4000, "INDEXABLE_CHANGE"u8.ToArray()), (0x8000, "BASIC_INFO_CHANGE"u8.ToArray()),
        (0x1_0000, "HARD_LINK_CHANGE"u8.ToArray()), (0x2_0000, "COMPRESSION_CHANGE"u8.ToArray()), (0x4_0000, "ENCRYPTION_CHANGE"u8.ToArray()), (0x8_0000, "OBJECT_ID_CHANGE"u8.ToArray()),
        (0x10_0000, "REPARSE_POINT_CHANGE"u8.ToArray()), (0x20_0000, "STREAM_CHANGE"u8.ToArray()), (0x40_0000, "TRANSACTED_CHANGE"u8.ToArray()), (0x80_0000, "INTEGRITY_CHANGE"u8.ToArray()),
        (0x8000_0000, "CLOSE"u8.ToArray()),
    ];

    /// <summary>Who made the change, where it was no ordinary program.</summary>
    public static readonly (uint Bit, byte[] Word)[] Sources =
    [
        (1, "DATA_MANAGEMENT"u8.ToArray()), (2, "AUXILIARY_DATA"u8.ToArray()), (4, "REPLICATION_MANAGEMENT"u8.ToArray()), (8, "CLIENT_REPLICATION_MANAGEMENT"u8.ToArray()),
    ];

    /// <summary>Attributes of the file.</summary>
    public static readonly (uint Bit, byte[] Word)[] Attributes =
    [
        (0x1, "READONLY"u8.ToArray()), (0x2, "HIDDEN"u8.ToArray()), (0x4, "SYSTEM"u8.ToArray()), (0x10, "DIRECTORY"u8.ToArray()), (0x20, "ARCHIVE"u8.ToArray()), (0x40, "DEVICE"u8.ToArray()),
        (0x80, "NORMAL"u8.ToArray()), (0x100, "TEMPORARY"u8.ToArray()), (0x200, "SPARSE_FILE"u8.ToArray()), (0x400, "REPARSE_POINT"u8.ToArray()), (0x800, "COMPRESSED"u8.ToArray()),
        (0x1000, "OFFLINE"u8.ToArray()), (0x2000, "NOT_CONTENT_INDEXED"u8.ToArray()), (0x4000, "ENCRYPTED"u8.ToArray()),
    ];
}
