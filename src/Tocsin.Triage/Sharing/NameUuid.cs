using System.Security.Cryptography;
using System.Text;

namespace Tocsin.Triage.Sharing;

/// <summary>Identifiers made of what they identify (RFC 9562, version 5), so that one thing has one name in every export.</summary>
internal static class NameUuid
{
    /// <summary>STIX 2.1, section 2.9: for observables alone.</summary>
    static readonly Guid _observables = new("00abedb4-aa42-466c-9c01-fed23315a9b7");

    /// <summary>For everything that Tocsin says itself.</summary>
    static readonly Guid _tocsin = new("c7a3c1d5-1d2f-4f0a-8f57-2f6d0b6f3e91");

    /// <summary>Of an observable, by its contributing properties as canonical JSON.</summary>
    public static Guid OfObservable(string canonicalJson) => Of(_observables, canonicalJson, 5);

    /// <summary>Of anything else, by what makes it this one and no other.</summary>
    public static Guid Of(params ReadOnlySpan<string> parts) => Of(_tocsin, string.Join('\0', parts!), 5);

    /// <summary>In the form of version 4, which STIX asks for where an observable has no contributing properties; made of content all the same.</summary>
    public static Guid InFormOfRandom(params ReadOnlySpan<string> parts) => Of(_tocsin, string.Join('\0', parts!), 4);

    static Guid Of(Guid space, string name, int version)
    {
        byte[] text = Encoding.UTF8.GetBytes(name), bytes = new byte[16 + text.Length];
        space.TryWriteBytes(bytes, bigEndian: true, out _);
        text.CopyTo(bytes, 16);
#pragma warning disable CA5350 // Version 5 is defined by SHA-1; nothing is kept secret or safe by it.
        Span<byte> hash = SHA1.HashData(bytes).AsSpan(0, 16);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | (version << 4));
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}
