using System.Globalization;
using System.Text;
using Wasmtime;

namespace Tocsin.Detection.Yara.Portable;

/// <summary>What the YARA-X module asks of its host: the small part of JavaScript that wasm-bindgen and YARA-X use. One for each store; one thread.</summary>
/// <remarks>
/// The names carry hashes of the build, and two may differ by nothing else: they are bound exactly. YARA-X makes a module of
/// its own for each set of rules (the conditions) and asks for <c>WebAssembly.Module</c>, <c>Instance</c>, <c>Memory</c> and
/// <c>Global</c>; these are Wasmtime's, in the same store, so that the fuel counts for both.
/// </remarks>
internal sealed class HostImports
{
    delegate void Import(ReadOnlySpan<ValueBox> a, Span<ValueBox> r);

    readonly Store _store;
    readonly InnerModules _inner;
    readonly Dictionary<string, Import> _imports;
    Memory _memory = null!;
    Table _table = null!;
    Func<int, int, int> _malloc = null!;
    Func<int> _newReference = null!;
    Action<int> _storeError = null!;
    Action<int, int> _destroyClosure = null!;
    Function _invoke = null!;

    public HostImports(Store store, InnerModules inner)
    {
        _store = store;
        _inner = inner;
        _imports = Table();
    }

    /// <summary>The functions that a module imports, in its order.</summary>
    /// <exception cref="InvalidDataException">The module asks for something that is not here: it is another version.</exception>
    public object[] For(Module module) =>
    [
        .. module.Imports.Select(object (i) => i is FunctionImport f && _imports.TryGetValue(f.Name, out Import? import)
            ? Function.FromCallback(_store, (_, arguments, results) => import(arguments, results), f.Parameters, f.Results)
            : throw new InvalidDataException($"The YARA engine asks for '{i.Name}', which this program does not know.")),
    ];

    /// <summary>Names the instance whose memory and table the imports work on.</summary>
    public void Attach(Instance instance)
    {
        _memory = instance.GetMemory("memory")!;
        _table = instance.GetTable("__wbindgen_externrefs")!;
        _malloc = instance.GetFunction<int, int, int>("__wbindgen_malloc_command_export")!;
        _newReference = instance.GetFunction<int>("__externref_table_alloc_command_export")!;
        _storeError = instance.GetAction<int>("__wbindgen_exn_store_command_export")!;
        _destroyClosure = instance.GetAction<int, int>("__wbindgen_destroy_closure_command_export")!;
        // Not as a typed delegate: that hands references over without holding them, and a collection while it does so never ends.
        _invoke = instance.GetFunction(InvokeName)!;
    }

    const string JsValue = "wasm_bindgen_7394716321252f1c___JsValue__";
    const string InvokeName = "wasm_bindgen_7394716321252f1c___convert__closures_____invoke___" + JsValue + JsValue + JsValue + JsValue + JsValue + "true_";

    public string Text(int start, int length) => Encoding.UTF8.GetString(_memory.GetSpan((long)(uint)start, length));

    /// <summary>Copies text into the engine's memory, as an owned string of Rust.</summary>
    public (int Start, int Length) Pass(string text) => Pass(Encoding.UTF8.GetBytes(text));

    /// <summary>Copies bytes into the engine's memory, as an owned slice of Rust.</summary>
    public (int Start, int Length) Pass(ReadOnlySpan<byte> bytes)
    {
        int start = _malloc(bytes.Length, 1);
        if (bytes.Length > 0) bytes.CopyTo(_memory.GetSpan((long)(uint)start, bytes.Length));
        return (start, bytes.Length);
    }

    void Write(int at, int value) => _memory.WriteInt32((long)(uint)at, value);

    void PassText(int at, string? text)
    {
        (int start, int length) = text is null ? (0, 0) : Pass(text);
        Write(at + 4, length);
        Write(at, start);
    }

    static object? Object(in ValueBox box) => box.As<object>();

    static ValueBox Box(object? value) => ValueBox.AsBox(value);

    static bool IsBigInt(object? v) => v is long or ulong;

    static bool IsObject(object? v) => v is not (null or Undefined or string or double or long or ulong or bool or HostClosure or Function);

    static bool Same(object? a, object? b) => a is null ? b is null : ReferenceEquals(a, b) || a is string or double or long or ulong or bool && a.Equals(b);

    // handleError of wasm-bindgen: what JavaScript would throw is put where Rust finds it.
    Import Catching(Import import) => (a, r) =>
    {
        try
        {
            import(a, r);
        }
        catch (Exception e) when (e is HostException or WasmtimeException and not TrapException { Type: TrapCode.OutOfFuel })
        {
            int reference = _newReference();
            _table.SetElement((uint)reference, new HostError(e.Message));
            _storeError(reference);
        }
    };

    static Import Never(string what) => (_, _) => throw new HostException($"YARA-X asked for {what}, which nothing that is given to it needs.");

    Dictionary<string, Import> Table() => new(StringComparer.Ordinal)
    {
        ["__wbg_Error_fdd633d4bb5dd76a"] = (a, r) => r[0] = Box(new HostError(Text(a[0].AsInt32(), a[1].AsInt32()))),
        ["__wbg_new_e66a4b7758dd2e5c"] = (a, r) => r[0] = Box(new HostError(Text(a[0].AsInt32(), a[1].AsInt32()))),
        ["__wbg_String_8564e559799eccda"] = (a, _) => PassText(a[0].AsInt32(), Convert.ToString(Object(a[1]), CultureInfo.InvariantCulture) ?? "null"),
        ["__wbg___wbindgen_debug_string_8a447059637473e2"] = (a, _) => PassText(a[0].AsInt32(), Object(a[1]) is HostError e ? e.Message : Convert.ToString(Object(a[1]), CultureInfo.InvariantCulture) ?? "null"),
        ["__wbg___wbindgen_bigint_get_as_i64_d9e915702856f831"] = (a, _) =>
        {
            long value = Object(a[1]) switch { long l => l, ulong u => unchecked((long)u), _ => 0 };
            _memory.WriteInt64((long)(uint)a[0].AsInt32() + 8, value);
            Write(a[0].AsInt32(), IsBigInt(Object(a[1])) ? 1 : 0);
        },
        ["__wbg___wbindgen_boolean_get_edaed31a367ce1bd"] = (a, r) => r[0] = Object(a[0]) is bool b ? b ? 1 : 0 : 0xFFFFFF,
        ["__wbg___wbindgen_number_get_1cc01dd708740256"] = (a, _) =>
        {
            double? value = Object(a[1]) as double?;
            _memory.WriteDouble((long)(uint)a[0].AsInt32() + 8, value ?? 0);
            Write(a[0].AsInt32(), value is null ? 0 : 1);
        },
        ["__wbg___wbindgen_string_get_71bb4348194e31f0"] = (a, _) => PassText(a[0].AsInt32(), Object(a[1]) as string),
        ["__wbg___wbindgen_in_4990f46af709e33c"] = (a, r) => r[0] = Object(a[1]) is HostObject o && Object(a[0]) is string key && o.Has(key) ? 1 : 0,
        ["__wbg___wbindgen_is_bigint_90b5ccfe67c78460"] = (a, r) => r[0] = IsBigInt(Object(a[0])) ? 1 : 0,
        ["__wbg___wbindgen_is_function_acc5528be2b923f2"] = (a, r) => r[0] = Object(a[0]) is HostClosure or Function ? 1 : 0,
        ["__wbg___wbindgen_is_object_0beba4a1980d3eea"] = (a, r) => r[0] = IsObject(Object(a[0])) ? 1 : 0,
        ["__wbg___wbindgen_is_undefined_721f8decd50c87a3"] = (a, r) => r[0] = Object(a[0]) is Undefined ? 1 : 0,
        ["__wbg___wbindgen_jsval_eq_4e8c38722cb8ff51"] = (a, r) => r[0] = Same(Object(a[0]), Object(a[1])) ? 1 : 0,
        ["__wbg___wbindgen_jsval_loose_eq_4b9aba9e5b3c4582"] = (a, r) => r[0] = Same(Object(a[0]), Object(a[1])) ? 1 : 0,
        ["__wbg___wbindgen_throw_ea4887a5f8f9a9db"] = (a, _) => throw new HostException(Text(a[0].AsInt32(), a[1].AsInt32())),
        ["__wbg__wbg_cb_unref_33c39e13d73b25f6"] = (a, _) => Release((HostClosure)Object(a[0])!),
        ["__wbg_buffer_49b4f592d8036785"] = (a, r) => r[0] = Box(new HostBuffer((Memory)Object(a[0])!)),
        ["__wbg_call_5575218572ead796"] = Catching((a, r) => r[0] = Box(Number(((Function)Object(a[0])!).Invoke(Box(Object(a[2])))))),
        ["__wbg_call_8e98ed2f3c86c4b5"] = Catching((a, r) => r[0] = Box(Number(((Function)Object(a[0])!).Invoke()))),
        ["__wbg_done_b62d4a7d2286852a"] = Never("an iterator"),
        ["__wbg_next_0c4066e251d2eff9"] = Catching(Never("an iterator")),
        ["__wbg_next_402fa10b59ab20c3"] = Never("an iterator"),
        ["__wbg_value_49f783bb59765962"] = (a, r) => r[0] = Box(ValueOf(Object(a[0]))),
        ["__wbg_value_f9ab611b95e6a4df"] = (a, r) => r[0] = Box(ValueOf(Object(a[0]))),
        ["__wbg_iterator_cc47ba25a2be735a"] = (_, r) => r[0] = Box("Symbol.iterator"),
        ["__wbg_entries_c261c3fa1f281256"] = Never("the entries of an object"),
        ["__wbg_exports_bf6d3d7e79dd313b"] = (a, r) => r[0] = a[0].As<object>() is Instance ? a[0] : Box(Undefined.Value),
        ["__wbg_get_197a3fe98f169e38"] = (a, r) => r[0] = Box(At(Object(a[0]), a[1].AsInt32())),
        ["__wbg_get_unchecked_54a4374c38e08460"] = (a, r) => r[0] = Box(At(Object(a[0]), a[1].AsInt32())),
        ["__wbg_get_9a29be2cb383ed9a"] = Catching((a, r) => r[0] = Box(Get(Object(a[0]), Object(a[1])))),
        ["__wbg_get_dddb90ff5d27a080"] = Catching((a, r) => r[0] = Box(Get(Object(a[0]), Object(a[1])))),
        ["__wbg_instanceof_ArrayBuffer_2a7bb09fee70c2da"] = (a, r) => r[0] = Object(a[0]) is HostBuffer ? 1 : 0,
        ["__wbg_instanceof_Map_afa18d5840c04c15"] = (_, r) => r[0] = 0,
        ["__wbg_instanceof_Uint8Array_f080092dc70f5d58"] = (a, r) => r[0] = Object(a[0]) is HostBytes ? 1 : 0,
        ["__wbg_isArray_145a34fd0a38d37b"] = (a, r) => r[0] = Object(a[0]) is List<object?> ? 1 : 0,
        ["__wbg_isSafeInteger_a3389a198582f5f6"] = (a, r) => r[0] = Object(a[0]) is double d && Math.Floor(d) == d && Math.Abs(d) <= 9007199254740991 ? 1 : 0,
        ["__wbg_length_589238bdcf171f0e"] = (a, r) => r[0] = LengthOf(Object(a[0])),
        ["__wbg_length_c6054974c0a6cdb9"] = (a, r) => r[0] = LengthOf(Object(a[0])),
        ["__wbg_new_2e117a478906f062"] = (_, r) => r[0] = Box(new HostObject()),
        ["__wbg_new_36e147a8ced3c6e0"] = (_, r) => r[0] = Box(new List<object?>()),
        ["__wbg_new_669dbd912b3ac42f"] = Catching((a, r) => r[0] = Box(NewGlobal((HostObject)Object(a[0])!, Object(a[1])))),
        ["__wbg_new_6af024326b90efb7"] = Catching((a, r) => r[0] = Box(_inner.Get(((HostBytes)Object(a[0])!).Span))),
        ["__wbg_new_9317ec2f3d86d4ea"] = Catching((a, r) => r[0] = Box(NewMemory((HostObject)Object(a[0])!))),
        ["__wbg_new_f749bf2c00f4e889"] = Catching((a, r) => r[0] = Box(NewInstance((Module)Object(a[0])!, (HostObject)Object(a[1])!))),
        ["__wbg_new_81880fb5002cb255"] = (a, r) => r[0] = Box(Object(a[0]) switch
        {
            HostBuffer b => new HostBytes(b.Memory, []),
            HostBytes b => new HostBytes(null, b.Span.ToArray()),
            double length => new HostBytes(null, new byte[(int)length]),
            _ => throw new HostException("YARA-X made a byte array of something that is none."),
        }),
        ["__wbg_new_from_slice_543b875b27789a8f"] = (a, r) => r[0] = Box(new HostBytes(null, _memory.GetSpan((long)(uint)a[0].AsInt32(), a[1].AsInt32()).ToArray())),
        ["__wbg_prototypesetcall_d721637c7ca66eb8"] = (a, _) => ((HostBytes)Object(a[2])!).Span.CopyTo(_memory.GetSpan((long)(uint)a[0].AsInt32(), a[1].AsInt32())),
        ["__wbg_set_0bf1fca872bc6d18"] = (a, _) => _memory.GetSpan((long)(uint)a[1].AsInt32(), a[2].AsInt32()).CopyTo(((HostBytes)Object(a[0])!).Span),
        ["__wbg_now_d2e0afbad4edbe82"] = (_, r) => r[0] = 0d,
        ["__wbg_push_f724b5db8acf89d2"] = (a, r) =>
        {
            var list = (List<object?>)Object(a[0])!;
            list.Add(Object(a[1]));
            r[0] = list.Count;
        },
        ["__wbg_set_4564f7dc44fcb0c9"] = Catching((a, r) =>
        {
            Set(Object(a[0]), Object(a[1]), Object(a[2]));
            r[0] = 1;
        }),
        ["__wbg_set_6be42768c690e380"] = (a, _) => Set(Object(a[0]), Object(a[1]), Object(a[2])),
        ["__wbg_set_dc601f4a69da0bc2"] = (a, _) => SetAt((List<object?>)Object(a[0])!, a[1].AsInt32(), Object(a[2])),
        ["__wbg_set_value_2514eda76d3704a3"] = (a, _) => SetGlobal((Global)Object(a[0])!, Object(a[1])),
        ["__wbg_static_accessor_GLOBAL_THIS_2fee5048bcca5938"] = (_, r) => r[0] = 0,
        ["__wbg_static_accessor_GLOBAL_ce44e66a4935da8c"] = (_, r) => r[0] = 0,
        ["__wbg_static_accessor_SELF_44f6e0cb5e67cdad"] = (_, r) => r[0] = 0,
        ["__wbg_static_accessor_WINDOW_168f178805d978fe"] = (_, r) => r[0] = 0,
        ["__wbg_toString_47c26f096dbd9c68"] = Catching((a, r) => r[0] = Box(Convert.ToString(Object(a[0]), CultureInfo.InvariantCulture))),
        ["__wbindgen_cast_0000000000000001"] = (a, r) => r[0] = Box(new HostClosure(a[0].AsInt32(), a[1].AsInt32())),
        ["__wbindgen_cast_0000000000000002"] = (a, r) => r[0] = Box(a[0].AsDouble()),
        ["__wbindgen_cast_0000000000000003"] = (a, r) => r[0] = Box(a[0].AsInt64()),
        ["__wbindgen_cast_0000000000000004"] = (a, r) => r[0] = Box(Text(a[0].AsInt32(), a[1].AsInt32())),
        ["__wbindgen_cast_0000000000000005"] = (a, r) => r[0] = Box(a[0].AsInt64() is var v && v >= 0 ? v : unchecked((ulong)v)),
        ["__wbindgen_init_externref_table"] = (_, _) => InitTable(_table),
    };

    /// <summary>The references that every table begins with: after those of the module itself, undefined, null, true and false.</summary>
    static void InitTable(Table table)
    {
        uint first = (uint)table.Grow(4, null);
        table.SetElement(0, Undefined.Value);
        table.SetElement(first, Undefined.Value);
        table.SetElement(first + 1, null);
        table.SetElement(first + 2, true);
        table.SetElement(first + 3, false);
    }

    static object? At(object? list, int index) => list is List<object?> l && (uint)index < (uint)l.Count ? l[index] : Undefined.Value;

    static int LengthOf(object? value) => value switch { List<object?> l => l.Count, HostBytes b => b.Length, string s => s.Length, _ => 0 };

    static void SetAt(List<object?> list, int index, object? value)
    {
        while (list.Count <= index) list.Add(Undefined.Value);
        list[index] = value;
    }

    static object? Get(object? from, object? key) => (from, key) switch
    {
        (HostObject o, string k) => o[k],
        (Instance i, string k) => (object?)i.GetFunction(k) ?? i.GetMemory(k) ?? (object)Undefined.Value,
        (List<object?> l, double d) => At(l, (int)d),
        _ => Undefined.Value,
    };

    static void Set(object? on, object? key, object? value)
    {
        if (on is HostObject o && key is string k) o[k] = value;
        else if (on is List<object?> l && key is double d) SetAt(l, (int)d, value);
        else throw new HostException("YARA-X set a property of something that has none.");
    }

    static object? ValueOf(object? value) => value switch
    {
        Global g => Number(g.GetValue()),
        HostObject o => o["value"],
        _ => Undefined.Value,
    };

    // Numbers of WebAssembly as JavaScript sees them.
    static object? Number(object? value) => value switch
    {
        int i => (double)i,
        float f => (double)f,
        null => Undefined.Value,
        _ => value,
    };

    static object Number(object? value, ValueKind kind) => kind switch
    {
        // Boxed one by one: an int, a long and a double in one expression would all become doubles.
        ValueKind.Int32 => (object)(value switch { double d => unchecked((int)(long)d), bool b => b ? 1 : 0, _ => 0 }),
        ValueKind.Int64 => (object)(value switch { long l => l, ulong u => unchecked((long)u), double d => (long)d, _ => 0L }),
        ValueKind.Float32 => (object)(value is double f ? (float)f : 0f),
        _ => (object)(value as double? ?? 0d),
    };

    Global NewGlobal(HostObject descriptor, object? value)
    {
        ValueKind kind = descriptor["value"] switch { "i32" => ValueKind.Int32, "i64" => ValueKind.Int64, "f32" => ValueKind.Float32, _ => ValueKind.Float64 };
        return new Global(_store, kind, Number(value, kind), descriptor["mutable"] is true ? Mutability.Mutable : Mutability.Immutable);
    }

    static void SetGlobal(Global global, object? value) => global.SetValue(Number(value, global.Kind));

    Memory NewMemory(HostObject descriptor) =>
        new(_store, descriptor["initial"] is double initial ? (long)initial : 0, descriptor["maximum"] is double maximum ? (long)maximum : null, false);

    Instance NewInstance(Module module, HostObject imports)
    {
        object[] given =
        [
            .. module.Imports.Select(object (i) => imports[i.ModuleName] is HostObject ns ? ns[i.Name] switch
            {
                HostClosure closure => i is FunctionImport f ? Callback(closure, f) : throw new HostException($"'{i.Name}' is no function."),
                Memory or Global => ns[i.Name]!,
                _ => throw new HostException($"The rules' module asks for '{i.Name}', which YARA-X does not give it."),
            }
            : throw new HostException($"The rules' module asks for '{i.ModuleName}', which YARA-X does not give it.")),
        ];
        return new Instance(_store, module, given);
    }

    Function Callback(HostClosure closure, FunctionImport import)
    {
        ValueKind[] parameters = [.. import.Parameters], results = [.. import.Results];
        return Function.FromCallback(
            _store,
            (_, a, r) =>
            {
                object? answer = Call(closure, Argument(a, 0, parameters), Argument(a, 1, parameters), Argument(a, 2, parameters), Argument(a, 3, parameters));
                if (results.Length == 1) r[0] = Result(answer, results[0]);
                else for (int i = 0; i < results.Length; i++) r[i] = Result(At(answer, i), results[i]);
            },
            parameters,
            results);
    }

    static object? Argument(ReadOnlySpan<ValueBox> a, int index, ValueKind[] kinds) => index >= kinds.Length ? Undefined.Value : kinds[index] switch
    {
        ValueKind.Int32 => (double)a[index].AsInt32(),
        ValueKind.Int64 => a[index].AsInt64(),
        ValueKind.Float32 => (double)a[index].AsSingle(),
        _ => a[index].AsDouble(),
    };

    static ValueBox Result(object? value, ValueKind kind) => Number(value, kind) switch
    {
        int i => i,
        long l => l,
        float f => f,
        double d => d,
        _ => throw new HostException("A function of the rules' module gave no number."),
    };

    /// <summary>How often conditions may still call a function of YARA-X; what they are given stays in the store until that is thrown away.</summary>
    public int CallsLeft { get; set; } = int.MaxValue;

    object? Call(HostClosure closure, object? a, object? b, object? c, object? d)
    {
        if (--CallsLeft < 0) throw new HostException("The conditions of the rules cost more than any honest file makes them cost.");
        closure.References++;
        int data = closure.Data;
        closure.Data = 0;
        try
        {
            return _invoke.Invoke(data, closure.Functions, Box(a), Box(b), Box(c), Box(d));
        }
        finally
        {
            closure.Data = data;
            Release(closure);
        }
    }

    void Release(HostClosure closure)
    {
        if (--closure.References > 0) return;
        _destroyClosure(closure.Data, closure.Functions);
        closure.Data = 0;
    }
}
