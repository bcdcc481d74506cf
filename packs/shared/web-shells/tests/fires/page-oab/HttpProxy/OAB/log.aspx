<%@ Inert Reason="made for a test: an unknown directive stops the compiler before anything runs" %>
<script language="JScript" runat="server">function Page_Load() { Response.Write("made"); }</script>
