using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Tocsin.Evidence.Tests.WebPages;

/// <summary>Builds the tables of an <c>App_Web_*.dll</c> by hand. It names classes that exist nowhere, so that nothing could run it.</summary>
static class MadeProgram
{
    /// <summary>A program with one method that calls the members given, each as "Namespace.Type::Member", and the texts given.</summary>
    public static byte[] Of(string[] calls, string[] texts)
    {
        var metadata = new MetadataBuilder();
        metadata.AddModule(0, metadata.GetOrAddString("App_Web_made.dll"), metadata.GetOrAddGuid(new Guid("11111111-2222-3333-4444-555555555555")), default, default);
        metadata.AddAssembly(metadata.GetOrAddString("App_Web_made"), new Version(1, 0), default, default, default, AssemblyHashAlgorithm.None);
        AssemblyReferenceHandle nowhere = metadata.AddAssemblyReference(metadata.GetOrAddString("Example.Nowhere"), new Version(1, 0), default, default, default, default);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        TypeReferenceHandle page = metadata.AddTypeReference(nowhere, metadata.GetOrAddString("Example"), metadata.GetOrAddString("Page"));
        metadata.AddTypeDefinition(TypeAttributes.Public, metadata.GetOrAddString("ASP"), metadata.GetOrAddString("made_aspx"), page, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));

        var signature = new BlobBuilder();
        new BlobEncoder(signature).MethodSignature().Parameters(0, r => r.Void(), _ => { });
        BlobHandle nothing = metadata.GetOrAddBlob(signature);
        var code = new InstructionEncoder(new BlobBuilder());
        foreach (string text in texts)
        {
            code.LoadString(metadata.GetOrAddUserString(text));
            code.OpCode(ILOpCode.Pop);
        }

        foreach (string call in calls)
        {
            string[] parts = call.Split("::");
            int dot = parts[0].LastIndexOf('.');
            TypeReferenceHandle type = metadata.AddTypeReference(nowhere, metadata.GetOrAddString(parts[0][..dot]), metadata.GetOrAddString(parts[0][(dot + 1)..]));
            code.Call(metadata.AddMemberReference(type, metadata.GetOrAddString(parts[1]), nothing));
        }

        code.OpCode(ILOpCode.Ret);
        var bodies = new BlobBuilder();
        int body = new MethodBodyStreamEncoder(bodies).AddMethodBody(code);
        metadata.AddMethodDefinition(MethodAttributes.Public | MethodAttributes.Static, MethodImplAttributes.IL, metadata.GetOrAddString("Page_Load"), nothing, body, default);

        var file = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(metadata), bodies, deterministicIdProvider: content => new BlobContentId(new Guid("11111111-2222-3333-4444-555555555555"), 1)).Serialize(file);
        return file.ToArray();
    }
}
