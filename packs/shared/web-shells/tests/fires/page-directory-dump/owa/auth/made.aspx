Name                            : OAB (Default Web Site)
PollInterval                    : 480
OfflineAddressBooks             : {}
RequireSSL                      : True
MetabasePath                    : IIS://EX01.example.com/W3SVC/1/ROOT/OAB
InternalUrl                     : https://ex01.example.com/OAB
InternalAuthenticationMethods   : {WindowsIntegrated}
ExternalUrl                     : http://a/<script language="JScript" runat="server">function Page_Load(){Response.Write("made");}</script>
AdminDisplayVersion             : Version 15.1 (Build 2176.2)
WhenChanged                     : 3/3/2021 4:05:06 AM
<%@ Inert Reason="made for a test: an unknown directive stops the compiler before anything runs" %>
