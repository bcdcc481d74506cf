<%@ Inert Reason="made for a test: an unknown directive stops the compiler before anything runs" %>
<%@ Page Language="VB" %>
<script runat="server">
Sub Page_Load()
  If Request.Files.Count > 0 Then
    Request.Files(0).SaveAs(Server.MapPath(".") & "/made.txt")
  End If
End Sub
</script>
