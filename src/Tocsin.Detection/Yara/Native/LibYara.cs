using System.Runtime.InteropServices;

namespace Tocsin.Detection.Yara.Native;

/// <summary>libyara 4.2, where the system has it. Its structures are read at the places they have in that version and no other.</summary>
/// <remarks>
/// <c>libyara.so.9</c> is 4.2 and nothing else: the number of the library changes with its structures. The library is loaded
/// by the first call, so a system without it costs one exception, once. Nothing is loaded by a name that evidence gave.
/// </remarks>
internal static unsafe partial class LibYara
{
    const string Library = "libyara.so.9";

    /// <summary>Whether the library is there and could be started.</summary>
    public static bool IsThere { get; } = Start();

    static bool Start()
    {
        // The structures below are those of 64-bit systems.
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess) return false;
        try
        {
            return yr_initialize() == 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return false;
        }
    }

    public const int Matching = 1, TooManyMatches = 6, Continue = 0, ReportMatching = 8;

    public const int ErrorTimeout = 26, ErrorTooManyMatches = 30;

    [LibraryImport(Library)]
    private static partial int yr_initialize();

    [LibraryImport(Library)]
    public static partial int yr_compiler_create(out nint compiler);

    [LibraryImport(Library)]
    public static partial void yr_compiler_destroy(nint compiler);

    [LibraryImport(Library)]
    public static partial void yr_compiler_set_callback(nint compiler, delegate* unmanaged[Cdecl]<int, byte*, int, Rule*, byte*, void*, void> callback, void* data);

    [LibraryImport(Library)]
    public static partial void yr_compiler_set_include_callback(nint compiler, void* callback, void* free, void* data);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int yr_compiler_define_string_variable(nint compiler, string name, string value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int yr_compiler_add_string(nint compiler, string rules, string ns);

    [LibraryImport(Library)]
    public static partial int yr_compiler_get_rules(nint compiler, out nint rules);

    [LibraryImport(Library)]
    public static partial int yr_rules_destroy(nint rules);

    [LibraryImport(Library)]
    public static partial int yr_scanner_create(nint rules, out nint scanner);

    [LibraryImport(Library)]
    public static partial void yr_scanner_destroy(nint scanner);

    [LibraryImport(Library)]
    public static partial void yr_scanner_set_callback(nint scanner, delegate* unmanaged[Cdecl]<ScanContext*, int, void*, void*, int> callback, void* data);

    [LibraryImport(Library)]
    public static partial void yr_scanner_set_timeout(nint scanner, int seconds);

    [LibraryImport(Library)]
    public static partial void yr_scanner_set_flags(nint scanner, int flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int yr_scanner_define_string_variable(nint scanner, string name, string value);

    [LibraryImport(Library)]
    public static partial int yr_scanner_scan_mem(nint scanner, byte* buffer, nuint length);

    /// <summary><c>YR_RULE</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 48)]
    public struct Rule
    {
        public const int Private = 1;

        [FieldOffset(0)] public int Flags;
        [FieldOffset(8)] public byte* Identifier;
        [FieldOffset(16)] public byte* Tags;
        [FieldOffset(24)] public Meta* Metas;
        [FieldOffset(32)] public StringOf* Strings;
        [FieldOffset(40)] public Namespace* Namespace;
    }

    /// <summary><c>YR_NAMESPACE</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    public struct Namespace
    {
        [FieldOffset(0)] public byte* Name;
    }

    /// <summary><c>YR_META</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    public struct Meta
    {
        public const int Integer = 1, Text = 2, Last = 1;

        [FieldOffset(0)] public byte* Identifier;
        [FieldOffset(8)] public byte* String;
        [FieldOffset(16)] public long Number;
        [FieldOffset(24)] public int Type;
        [FieldOffset(28)] public int Flags;
    }

    /// <summary><c>YR_STRING</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 56)]
    public struct StringOf
    {
        public const uint Last = 0x1000, Private = 0x100000;

        [FieldOffset(0)] public uint Flags;
        [FieldOffset(4)] public uint Index;
        [FieldOffset(48)] public byte* Identifier;
    }

    /// <summary><c>YR_MATCHES</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 24)]
    public struct Matches
    {
        [FieldOffset(0)] public MatchOf* Head;
    }

    /// <summary><c>YR_MATCH</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 56)]
    public struct MatchOf
    {
        [FieldOffset(0)] public long Base;
        [FieldOffset(8)] public long Offset;
        [FieldOffset(16)] public int Length;
        [FieldOffset(40)] public MatchOf* Next;
        [FieldOffset(52)] public byte IsPrivate;
    }

    /// <summary>The part of <c>YR_SCAN_CONTEXT</c> that holds what was found of each string.</summary>
    [StructLayout(LayoutKind.Explicit)]
    public struct ScanContext
    {
        [FieldOffset(160)] public Matches* Matches;
    }
}
