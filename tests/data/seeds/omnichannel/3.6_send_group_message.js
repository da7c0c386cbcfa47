{
channelId: '64ef5c84f9deb1326965919e',
recipientNumber: 'grupo123',
platform: 'karoochat',
text: 'Mensagem para o grupo'
}