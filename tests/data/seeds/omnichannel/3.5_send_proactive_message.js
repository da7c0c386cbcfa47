{
channelId: '64ef5c84f9deb1326965919e',
recipientNumber: '5521988887777',
platform: 'karoochat',
text: 'Mensagem proativa de exemplo'
}