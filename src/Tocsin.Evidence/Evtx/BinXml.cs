// Binary XML, as far as event logs use it. A token's bit 0x40 says that more of its kind follow.
//
//   fragment   0F major minor flags, then an element or a template instance
//   element    01/41 [dependency u16, in template definitions only] size u32 name, 41: attributes' size u32 and attributes; 02 content 04, or 03
//   attribute  06/46 name, then text, references, substitutions
//   name       offset u32 in the chunk; the name itself stands here where the offset is this place:  next u32  hash u16  count u16  UTF-16  0 u16
//   text       05/45 type (01) count u16 UTF-16;  07/47 CDATA count UTF-16;  08/48 character u16;  09/49 entity's name;  0A target 0B data of an instruction
//   substitution  0D/0E index u16 type u8; 0E: optional, an absent value takes away the element or attribute that it stands in
//   template instance  0C 01 id u32 offset u32, the definition where the offset is this place, count u32, count x (size u16 type u8 0), values
//   template definition  next u32  GUID (begins with the id)  size u32  fragment
namespace Tocsin.Evidence.Evtx;

/// <summary>The tokens of binary XML, without the bit that says that more follow.</summary>
internal static class Token
{
    public const byte End = 0x00, OpenElement = 0x01, CloseStart = 0x02, CloseEmpty = 0x03, EndElement = 0x04, Text = 0x05, Attribute = 0x06, CData = 0x07,
        CharacterReference = 0x08, EntityReference = 0x09, InstructionTarget = 0x0A, InstructionData = 0x0B, TemplateInstance = 0x0C,
        Substitution = 0x0D, OptionalSubstitution = 0x0E, FragmentHeader = 0x0F;

    public const byte More = 0x40;
}

/// <summary>The types of substituted values.</summary>
internal static class EvtxType
{
    public const byte Null = 0x00, Utf16 = 0x01, Ansi = 0x02, Int8 = 0x03, UInt8 = 0x04, Int16 = 0x05, UInt16 = 0x06, Int32 = 0x07, UInt32 = 0x08, Int64 = 0x09,
        UInt64 = 0x0A, Single = 0x0B, Double = 0x0C, Boolean = 0x0D, Binary = 0x0E, Guid = 0x0F, Size = 0x10, FileTime = 0x11, SystemTime = 0x12, Sid = 0x13,
        Hex32 = 0x14, Hex64 = 0x15, EventHandle = 0x20, BinXml = 0x21, Xml = 0x23;

    public const byte Array = 0x80;
}

/// <summary>What reading one chunk may still cost. Templates that contain themselves and records that share one huge value would else multiply without end.</summary>
/// <remarks>An ordinary chunk takes some 20,000 of the steps and 200,000 of the bytes.</remarks>
internal sealed class WorkBudget
{
    /// <summary>Substitutions, elements and texts looked at in one chunk: 20 ms.</summary>
    const int StepsOfChunk = 1_000_000;

    /// <summary>Bytes written, compared or compiled in one chunk.</summary>
    const int BytesOfChunk = 16 * 1024 * 1024;

    int _steps;
    int _bytes;

    public void Refill() => (_steps, _bytes) = (StepsOfChunk, BytesOfChunk);

    public bool IsSpent => _steps < 0 || _bytes < 0;

    /// <summary>Takes a step that handles some bytes; false where no more may be done.</summary>
    public bool Spend(int bytes)
    {
        _steps--;
        _bytes -= bytes;
        return (_steps | _bytes) >= 0;
    }
}
