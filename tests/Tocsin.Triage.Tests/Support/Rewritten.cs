using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tocsin.Triage.Tests.Support;

/// <summary>
/// A copy of a model of records in which every string is another one: walks the constructors, so that a field added tomorrow is
/// covered without anybody remembering it.
/// </summary>
static class Rewritten
{
    public static T Strings<T>(T model, Func<string, string> rewrite) => (T)Copy(model, typeof(T), rewrite)!;

    static object? Copy(object? value, Type type, Func<string, string> rewrite) => value switch
    {
        null => null,
        string text => rewrite(text),
        ITuple or DateTime or DateOnly or TimeSpan or Enum => value,
        _ when type.IsPrimitive => value,
        IEnumerable items => List(items, type, rewrite),
        _ => Record(value, rewrite),
    };

    static Array List(IEnumerable items, Type type, Func<string, string> rewrite)
    {
        Type element = type.IsArray ? type.GetElementType()! : type.GenericTypeArguments.Single();
        object?[] copies = [.. items.Cast<object>().Select(i => Copy(i, element, rewrite))];
        Array list = Array.CreateInstance(element, copies.Length);
        Array.Copy(copies, list, copies.Length);
        return list;
    }

    static object Record(object record, Func<string, string> rewrite)
    {
        Type type = record.GetType();
        if (Nullable.GetUnderlyingType(type) is { } inner) type = inner;
        if (type.IsPrimitive) return record;
        ConstructorInfo constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        object?[] arguments = [.. constructor.GetParameters().Select(p => Copy(type.GetProperty(p.Name!)!.GetValue(record), p.ParameterType, rewrite))];
        object copy = constructor.Invoke(arguments);
        var given = constructor.GetParameters().Select(p => p.Name).ToHashSet();
        foreach (PropertyInfo property in type.GetProperties().Where(p => p.CanWrite && !given.Contains(p.Name)))
            property.SetValue(copy, Copy(property.GetValue(record), property.PropertyType, rewrite));
        return copy;
    }
}
