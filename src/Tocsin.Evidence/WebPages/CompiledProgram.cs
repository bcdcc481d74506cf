using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Tocsin.Evidence.WebPages;

/// <summary>An <c>App_Web_*.dll</c>: the page as ASP.NET compiled it. Its tables say which page it was and what it calls; nothing is loaded or run.</summary>
/// <remarks>
/// <code>
/// PE header … CLI header → metadata: #~ tables (TypeRef, MemberRef, MethodDef), #Strings names, #US texts
///                        → method bodies: IL, in which  28 call  6F callvirt  73 newobj  06 FE ldftn  name a member by token
/// </code>
/// Source: ECMA-335 II.22 to II.25 and III. The tables are read with <c>System.Reflection.Metadata</c>, which checks them
/// against the file's length.
/// </remarks>
internal sealed class CompiledProgram
{
    /// <summary>A compiled page has some dozen methods; hostile tables may name millions.</summary>
    const int MaxMethods = 20_000;
    const int MaxTexts = 50_000;
    const int MaxPaths = 64;

    /// <summary>All method bodies together: many methods may claim the same bytes.</summary>
    const int MaxCode = 16 * 1024 * 1024;

    /// <summary>How many calls among the program's own methods are followed.</summary>
    const int MaxLevels = 3;

    readonly MetadataReader _metadata;
    readonly Dictionary<int, Flow> _members = [];

    CompiledProgram(MetadataReader metadata) => _metadata = metadata;

    /// <summary>Paths of pages that the program names: <c>~/auth/x.aspx</c>.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>What any method does.</summary>
    public Flow Able { get; private set; }

    /// <summary>What a method does that also reads the request, itself or by methods that it calls.</summary>
    public Flow WithRequest { get; private set; }

    /// <summary>Reads a program; null where it is none of .NET.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="damaged">Whether reading broke off.</param>
    public static CompiledProgram? Read(byte[] bytes, out bool damaged)
    {
        damaged = false;
        CompiledProgram? program = null;
        try
        {
            using var file = new PEReader(Immutable(bytes));
            if (!file.HasMetadata) return null;
            MetadataReader metadata = file.GetMetadataReader(MetadataReaderOptions.None);
            program = new CompiledProgram(metadata);
            program.ReadTexts();
            program.ReadMethods(file);
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException or ArgumentException or OverflowException or IndexOutOfRangeException or IOException or NotSupportedException)
        {
            // A table that contradicts the file: what was read until there counts.
            damaged = true;
        }

        return program;
    }

    static ImmutableArray<byte> Immutable(byte[] bytes) => System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(bytes);

    void ReadTexts()
    {
        UserStringHandle text = MetadataTokens.UserStringHandle(0);
        for (int count = 0; count < MaxTexts; count++)
        {
            text = _metadata.GetNextHandle(text);
            if (text.IsNil) break;
            string value = _metadata.GetUserString(text);
            if (value.Length is < 6 or > 512 || value[0] is not ('/' or '~') || Paths.Count >= MaxPaths) continue;
            if (PageNames.ExecutedAs(value[(value.LastIndexOf('/') + 1)..], out _).Length > 0 && !Paths.Contains(value, StringComparer.OrdinalIgnoreCase)) Paths.Add(value);
        }
    }

    void ReadMethods(PEReader file)
    {
        var flows = new Dictionary<int, Flow>();
        var calls = new List<(int From, int To)>();
        int budget = MaxCode, methods = 0;
        foreach (MethodDefinitionHandle handle in _metadata.MethodDefinitions)
        {
            if (++methods > MaxMethods || budget <= 0) break;
            int address = _metadata.GetMethodDefinition(handle).RelativeVirtualAddress;
            if (address <= 0) continue;
            ImmutableArray<byte> code = Body(file, address);
            budget -= code.Length;
            int token = MetadataTokens.GetToken(handle);
            Flow flow = Flow.None;
            foreach (int called in IntermediateCode.Called(code))
            {
                if (called >> 24 == 0x06)
                {
                    if (calls.Count < MaxTexts) calls.Add((token, called));
                }
                else
                {
                    flow |= Member(called);
                }
            }

            flows[token] = flow;
            Able |= flow;
        }

        for (int level = 0; level < MaxLevels; level++)
        {
            foreach ((int from, int to) in calls) flows[from] |= flows.GetValueOrDefault(to);
        }

        foreach (Flow flow in flows.Values)
        {
            if ((flow & Flow.Request) != 0) WithRequest |= flow;
        }
    }

    static ImmutableArray<byte> Body(PEReader file, int address)
    {
        try
        {
            return file.GetMethodBody(address).GetILContent();
        }
        catch (BadImageFormatException)
        {
            // One damaged body; the others may be whole.
            return [];
        }
    }

    Flow Member(int token)
    {
        if (_members.TryGetValue(token, out Flow known)) return known;
        Flow flow = Flow.None;
        EntityHandle handle = token >> 24 is 0x0A or 0x2B ? MetadataTokens.EntityHandle(token) : default;
        if (handle.Kind == HandleKind.MethodSpecification && !handle.IsNil) handle = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method;
        if (handle.Kind == HandleKind.MemberReference && !handle.IsNil)
        {
            MemberReference member = _metadata.GetMemberReference((MemberReferenceHandle)handle);
            string name = _metadata.GetString(member.Name), type = "";
            if (member.Parent.Kind == HandleKind.TypeReference) type = _metadata.GetString(_metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name);
            flow = FlowOf(type, name);
        }

        return _members[token] = flow;
    }

    static Flow FlowOf(string type, string name) => (type, name) switch
    {
        ("HttpRequest" or "HttpRequestBase", _) => name.StartsWith("get_", StringComparison.Ordinal) && CodeWords.IsHarmless(name[4..]) ? Flow.None : Flow.Request,
        ("Process", "Start") => Flow.Process,
        ("Assembly" or "AppDomain", "Load") => Flow.CodeLoad,
        ("Eval", _) => Flow.Eval,
        ("StreamWriter" or "FileStream", ".ctor") => Flow.FileWrite,
        (_, ".ctor") => CodeWords.Label(type) & (Flow.Eval | Flow.Process),
        _ => CodeWords.Call(name) & (Flow.Eval | Flow.Process | Flow.CodeLoad | Flow.FileWrite),
    };
}
