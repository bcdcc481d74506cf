using System.CommandLine;
using System.Text;
using Tocsin.Cli;

// Evidence may hold any character; a Windows console shows it only as UTF-8. Where output is no console this changes nothing.
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

var root = new RootCommand("Tocsin tells whether an Exchange server was hit, from a copy of its evidence, offline.")
{
    ScanCommand.Make(),
    CheckCommand.Make(),
    DataCommand.Make(),
    DumpCommand.Make(),
    TimelineCommand.Make(),
    DemoCommand.Make(),
    ExerciseCommand.Make(),
    BaselineCommand.Make(),
    PackCommand.Make(),
};
ParseResult parsed = root.Parse(args);
int code = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
return parsed.Errors.Count > 0 ? ExitCodes.Usage : code;
