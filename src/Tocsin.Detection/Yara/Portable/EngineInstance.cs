using Wasmtime;

namespace Tocsin.Detection.Yara.Portable;

/// <summary>One YARA-X in a store of its own: compiles rules, or scans with rules that were copied into it. One thread.</summary>
/// <remarks>After a trap (fuel used up, memory refused) its memory is in no known state: it is thrown away.</remarks>
internal sealed class EngineInstance : IDisposable
{
    /// <summary>All memory of one instance. signature-base's 737 files need 200 MB to compile; a hostile file of rules is to fail, not to fill the machine.</summary>
    const long MaxMemoryBytes = 1L << 30;

    /// <summary>References that rules may leave in the table; honest ones leave the four that it begins with.</summary>
    const long MaxReferences = 10_000_000;

    readonly Store _store;
    readonly HostImports _imports;
    readonly Memory _memory;
    readonly Table _table;
    readonly Instance _instance;
    readonly Action<int> _dropReference;
    readonly Action<int, int> _dropReferences;
    readonly Action<int, int, int> _free;

    EngineInstance(EngineModule engine, InnerModules inner)
    {
        _store = new Store(engine.Engine);
        _store.SetLimits(MaxMemoryBytes, (uint)MaxReferences, null, null, null);
        _store.Fuel = FuelToStart;
        _imports = new HostImports(_store, inner);
        _instance = new Instance(_store, engine.Module, _imports.For(engine.Module));
        _imports.Attach(_instance);
        _memory = _instance.GetMemory("memory")!;
        _table = _instance.GetTable("__wbindgen_externrefs")!;
        _dropReference = _instance.GetAction<int>("__externref_table_dealloc_command_export")!;
        _dropReferences = _instance.GetAction<int, int>("__externref_drop_slice_command_export")!;
        _free = _instance.GetAction<int, int, int>("__wbindgen_free_command_export")!;
    }

    /// <summary>Starting takes a thousandth of this.</summary>
    const ulong FuelToStart = 10_000_000_000;

    /// <summary>Work that may still be done.</summary>
    public ulong Fuel
    {
        get => _store.Fuel;
        set => _store.Fuel = value;
    }

    /// <summary>Calls that conditions may still make; below 0 where they were refused one.</summary>
    public int CallsLeft
    {
        get => _imports.CallsLeft;
        set => _imports.CallsLeft = value;
    }

    /// <summary>An empty one.</summary>
    public static EngineInstance Fresh(EngineModule engine, InnerModules inner)
    {
        var instance = new EngineInstance(engine, inner);
        instance._instance.GetAction("__wbindgen_start")!();
        return instance;
    }

    /// <summary>One in the state that another was in.</summary>
    public static EngineInstance Of(EngineModule engine, InnerModules inner, EngineSnapshot snapshot)
    {
        var instance = new EngineInstance(engine, inner);
        snapshot.Restore(instance._memory, instance._table);
        return instance;
    }

    /// <summary>Its state now, which must be at rest: nothing of it running, no scanner made.</summary>
    public EngineSnapshot Snapshot() => EngineSnapshot.Of(_memory, _table);

    public int NewCompiler() => _instance.GetFunction<int>("compiler_new")!();

    public void Define(int compiler, string name, string value)
    {
        (int start, int length) = _imports.Pass(name);
        Check(Results(_instance.GetFunction("compiler_defineGlobal")!, compiler, start, length, ValueBox.AsBox<object>(value)), 0);
    }

    public void Namespace(int compiler, string name)
    {
        (int start, int length) = _imports.Pass(name);
        Check(Results(_instance.GetFunction("compiler_newNamespace")!, compiler, start, length), 0);
    }

    /// <summary>Adds a file of rules; gives the errors in it.</summary>
    public IReadOnlyList<string> Add(int compiler, string text)
    {
        (int start, int length) = _imports.Pass(text);
        object?[] answer = Results(_instance.GetFunction("compiler_addSource")!, compiler, start, length);
        if ((int)answer[1]! == 0) return [];
        string first = Take((int)answer[0]!) is HostError e ? e.Message : "The rules were refused.";
        List<string> all = Errors(compiler);
        return all.Count > 0 ? all : [first];
    }

    List<string> Errors(int compiler)
    {
        object?[] answer = Results(_instance.GetFunction("compiler_errors")!, compiler);
        if ((int)answer[3]! != 0)
        {
            Take((int)answer[2]!);
            return [];
        }

        int start = (int)answer[0]!, count = (int)answer[1]!;
        var texts = new List<string>();
        for (int i = 0; i < count; i++)
        {
            if (_table.GetElement((uint)_memory.ReadInt32((long)(uint)start + 4 * i)) is string text) texts.Add(text);
        }

        _dropReferences(start, count);
        _free(start, count * 4, 4);
        return texts;
    }

    public int Build(int compiler)
    {
        object?[] answer = Results(_instance.GetFunction("compiler_build")!, compiler);
        Check([answer[1], answer[2]], 0);
        return (int)answer[0]!;
    }

    public void FreeCompiler(int compiler) => _instance.GetAction<int, int>("__wbg_compiler_free")!(compiler, 0);

    public int NewScanner(int rules)
    {
        int scanner = _instance.GetFunction<int, int>("rules_scanner")!(rules);
        _instance.GetAction<int, int>("scanner_setMaxMatchesPerPattern")!(scanner, MaxMatchesOfPattern);
        return scanner;
    }

    /// <summary>Matches that YARA-X remembers of each string. Conditions count strings (<c>#a &gt; 100</c>), so this is more than is shown.</summary>
    const int MaxMatchesOfPattern = 10_000;

    public void Set(int scanner, string name, string value)
    {
        (int start, int length) = _imports.Pass(name);
        Check(Results(_instance.GetFunction("scanner_setGlobal")!, scanner, start, length, ValueBox.AsBox<object>(value)), 0);
    }

    /// <summary>Scans; gives the answer as YARA-X makes it.</summary>
    public object? Scan(int scanner, ReadOnlySpan<byte> content)
    {
        (int start, int length) = _imports.Pass(content);
        object?[] answer = Results(_instance.GetFunction("scanner_scan")!, scanner, start, length);
        Check([answer[1], answer[2]], 0);
        return Take((int)answer[0]!);
    }

    /// <summary>Lets Wasmtime drop objects that nothing refers to any more.</summary>
    public void Collect() => _store.GC();

    static object?[] Results(Function function, params ReadOnlySpan<ValueBox> arguments) => function.Invoke(arguments) switch
    {
        object?[] many => many,
        null => [],
        var one => [one],
    };

    object? Take(int reference)
    {
        object? value = _table.GetElement((uint)reference);
        _dropReference(reference);
        return value;
    }

    void Check(object?[] answer, int at)
    {
        if ((int)answer[at + 1]! != 0) throw new HostException(Take((int)answer[at]!) is HostError e ? e.Message : "YARA-X refused.");
    }

    public void Dispose() => _store.Dispose();
}
