@echo off
rem Builds Tocsin on first use with nothing but the .NET 10 SDK; then runs it. Delete artifacts\tocsin to build anew.
setlocal
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_NOLOGO=1
if not exist "%~dp0artifacts\tocsin\tocsin.dll" (
  echo Building Tocsin ^(only the first time^) ... 1>&2
  dotnet publish "%~dp0src\Tocsin.Cli" -c Release -o "%~dp0artifacts\tocsin" -v quiet 1>&2 || exit /b 70
)
dotnet "%~dp0artifacts\tocsin\tocsin.dll" %*
